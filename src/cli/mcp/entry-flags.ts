import type { WrittenEntry } from '../../config/edit/types.js';
import { givenFlag, parseGiven, toFlag, type FlagInput } from '../../config/flags.js';
import { checkUnique, toHeaderFromLine } from '../../config/headers.js';
import { toServerUrl } from '../../config/remote-url.js';
import { toServerTimeoutMs } from '../../config/server-timeouts.js';
import { isUrlTarget, PROTOCOLS, toTransport } from '../../config/target.js';
import { BadValue, toBoolean, toOneOf, toText, toTexts, toWhole } from '../../config/values.js';
import { OstlerError } from '../../core/errors.js';

const MAX_PORT = 65_535;

/** Flags that mean something for a URL only, and for a command only. */
const REMOTE_FLAGS: readonly string[] =
  'header tokenEnv tokenFile ca insecure protocol oauthClientId clientId clientSecretEnv scopes callbackPort'.split(
    ' ',
  );
const LAUNCH_FLAGS: readonly string[] = ['env'];

type Read = <T>(name: string, parser: (raw: unknown) => T) => T | undefined;

/**
 * The entry of a config file that the words and flags of `mcp add` mean. References stay as they
 * are written. Throws `usage`, naming the flag.
 */
export function toEntry(words: readonly string[], flags: FlagInput): WrittenEntry {
  const read: Read = (name, parser) => {
    const found = givenFlag(name, flags);
    return found === undefined ? undefined : parseGiven(found, parser);
  };
  const transport = read('transport', toTransport);
  const [first = '', ...rest] = words;
  const isUrl = isUrlTarget(first);
  if (first.trim() === '') throw new OstlerError('usage', 'There is no command to start.');
  if (isUrl && transport === 'stdio') {
    throw new OstlerError('usage', '--transport stdio needs a command, not a URL.');
  }
  if (!isUrl && transport !== undefined && transport !== 'stdio') {
    throw new OstlerError('usage', `--transport ${transport} needs a URL (https://…).`);
  }
  if (isUrl && rest.length > 0) {
    throw new OstlerError('usage', 'A URL takes no arguments; what stands behind it is too much.');
  }
  refuse(isUrl ? LAUNCH_FLAGS : REMOTE_FLAGS, flags, isUrl ? 'a command' : 'a URL');
  const reach = isUrl ? remoteEntry(first, transport, read) : launchEntry(first, rest, read);
  return compact({ ...reach, ...offerEntry(read) });
}

function refuse(names: readonly string[], flags: FlagInput, needs: string): void {
  const unused = names.find((name) => givenFlag(name, flags) !== undefined);
  if (unused === undefined) return;
  throw new OstlerError('usage', `${toFlag(unused)} is for a server that is ${needs}.`);
}

function launchEntry(command: string, args: readonly string[], read: Read): WrittenEntry {
  const env = read('env', (raw) => Object.fromEntries(toTexts(raw).map(toVariable)));
  return { command, args: args.length === 0 ? undefined : args, env };
}

function toVariable(text: string): [name: string, value: string] {
  const at = text.indexOf('=');
  const name = at < 0 ? '' : text.slice(0, at);
  // What stands there without a "=" may be a value.
  if (!/^[A-Za-z_][\w.-]*$/.test(name)) throw new BadValue('a variable is written NAME=value');
  return [name, text.slice(at + 1)];
}

function remoteEntry(text: string, transport: string | undefined, read: Read): WrittenEntry {
  const url = { raw: text, origin: { layer: 'flag', where: 'the URL' } } as const;
  if (!text.includes('${')) parseGiven(url, (raw) => toServerUrl(String(raw)));
  const headers = read('header', (raw) =>
    Object.fromEntries(checkUnique(toTexts(raw).map(toHeaderFromLine))),
  );
  return {
    type: transport,
    url: text,
    headers,
    tokenEnv: read('tokenEnv', toVariableName),
    tokenFile: read('tokenFile', toText),
    ca: read('ca', toText),
    insecure: read('insecure', toBoolean),
    protocol: read('protocol', toOneOf(PROTOCOLS)),
    oauth: oauthEntry(read),
  };
}

function oauthEntry(read: Read): WrittenEntry | undefined {
  const secret = read('clientSecretEnv', toVariableName);
  const oauth = compact({
    clientId: read('oauthClientId', toText) ?? read('clientId', toText),
    clientSecret: secret === undefined ? undefined : `\${${secret}}`,
    scopes: read('scopes', (raw) =>
      toText(raw)
        .split(/[\s,]+/)
        .filter(Boolean),
    ),
    callbackPort: read('callbackPort', toPort),
  });
  if (Object.keys(oauth).length === 0) return undefined;
  if (secret !== undefined && oauth['clientId'] === undefined) {
    throw new OstlerError('usage', '--client-secret-env needs --oauth-client-id.');
  }
  return oauth;
}

function toVariableName(raw: unknown): string {
  const name = toText(raw).trim();
  // A token that was put here by mistake must not be shown.
  if (!/^[A-Za-z_]\w*$/.test(name)) throw new BadValue('must be the name of a variable');
  return name;
}

function toPort(raw: unknown): number {
  const port = toWhole(1)(raw);
  if (port > MAX_PORT) throw new BadValue(`must be at most ${MAX_PORT}`);
  return port;
}

/** What both kinds of servers may have. */
function offerEntry(read: Read): WrittenEntry {
  const names = (raw: unknown) =>
    toTexts(raw)
      .flatMap((text) => text.split(','))
      .map((text) => text.trim())
      .filter(Boolean);
  return {
    timeout: read('timeout', (raw) => {
      toServerTimeoutMs(raw);
      return /^\d+$/.test(String(raw)) ? Number(raw) : String(raw);
    }),
    connectTimeout: read('connectTimeout', (raw) => {
      toServerTimeoutMs(raw);
      return /^\d+$/.test(String(raw)) ? Number(raw) : String(raw);
    }),
    allowedTools: read('includeTools', names),
    excludedTools: read('excludeTools', names),
    trust: read('trust', toBoolean),
    description: read('description', toText),
  };
}

function compact(entry: WrittenEntry): WrittenEntry {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined));
}
