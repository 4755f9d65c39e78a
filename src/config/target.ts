import path from 'node:path';
import { OstlerError } from '../core/errors.js';
import { registerSecret } from '../core/redact.js';
import { given, parseGiven, type FlagInput } from './flags.js';
import { targetHeaderOrigins } from './header-origins.js';
import { checkUnique, toBearer, toHeaderFromLine, type HeaderPair } from './headers.js';
import { readCertificates, readTokenFile } from './read-files.js';
import { isHarmlessVariable, registerArgumentSecrets } from './secrets.js';
import { plainTextWarning, toServerUrl, transportOf } from './remote-url.js';
import { isPlain, parseTemplate, BadReference } from './template.js';
import {
  DEFAULTS,
  type ProtocolChoice,
  type RemoteServer,
  type ServerDefinition,
  type StdioServer,
  type TransportName,
} from './types.js';
import { BadValue, toBoolean, toDurationMs, toOneOf, toText, toTexts } from './values.js';
import { tokenFromEnv } from './server-remote.js';

/** Flags that shape a server given on the spot. */
export const TARGET_FLAGS = ['header', 'transport', 'protocol', 'tokenEnv', 'tokenFile'].concat([
  'serverTimeout',
  'ca',
  'insecure',
]);

export const PROTOCOLS: readonly ProtocolChoice[] = ['auto', 'legacy', '2026-07-28'];
const NAMES = ['stdio', 'local', 'sse', 'http', 'streamable', 'streamable-http'] as const;
const TRANSPORTS = {
  stdio: 'stdio',
  local: 'stdio',
  sse: 'sse',
  http: 'http',
  streamable: 'http',
  'streamable-http': 'http',
} as const;

/** A transport under any of its names. */
export function toTransport(raw: unknown): TransportName {
  return TRANSPORTS[toOneOf(NAMES)(raw)];
}

/** True for what `--server` and the server commands take as a URL rather than a configured name. */
export function isUrlTarget(target: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(target);
}

/**
 * A server given on the spot, by its URL or as a command with arguments, with the flags of
 * `TARGET_FLAGS` (or their variables). Its id is the URL's host or the program's name. A header's
 * `${VAR}` is expanded, so that no token has to stand on the command line.
 */
export function resolveTarget(
  target: string | readonly string[],
  flags: FlagInput,
  env: NodeJS.ProcessEnv,
): ServerDefinition {
  const read = createReader(flags, env);
  const base = {
    origin: { layer: 'flag', where: '--server' },
    protocol: read('protocol', toOneOf(PROTOCOLS)) ?? 'auto',
    connectTimeoutMs: read('serverTimeout', toTimeoutMs) ?? DEFAULTS.connectTimeoutMs,
    callTimeoutMs: DEFAULTS.callTimeoutMs,
    filter: {},
    required: false,
    disabled: false,
    autoApprove: [],
  } as const;
  const transport = read('transport', toTransport);
  if (typeof target !== 'string') return toStdio(target, base, transport);
  if (transport === 'stdio') {
    throw new OstlerError('usage', '--transport stdio needs a command, not a URL.');
  }
  const url = parseGiven({ raw: target, origin: base.origin }, (raw) => toServerUrl(String(raw)));
  const ca = read('ca', (raw) => readCertificates(toText(raw), { dir: process.cwd(), env }));
  return {
    ...base,
    id: url.hostname.replace(/^\[|\]$/g, ''),
    transport: transport ?? transportOf(url),
    fallback: transport === undefined,
    url: url.href,
    ...readTargetHeaders(read, flags, env),
    insecure: read('insecure', toBoolean) ?? false,
    ...(ca === undefined ? {} : { ca }),
  };
}

/** What a person should know about a server given on the spot. */
export function targetWarnings(server: RemoteServer, flags: FlagInput, env: NodeJS.ProcessEnv) {
  const warnings: string[] = [];
  const plain = plainTextWarning(new URL(server.url), server.headers);
  if (plain !== undefined) warnings.push(`${server.id}: ${plain}.`);
  if (server.insecure) warnings.push(`${server.id}: its certificate is not checked (--insecure).`);
  const file = given('tokenFile', { flags, env });
  if (typeof file?.raw === 'string') {
    const { warning } = readTokenFile(file.raw, { dir: process.cwd(), env });
    if (warning !== undefined) warnings.push(`${warning}.`);
  }
  return warnings;
}

export type Read = <T>(name: string, parser: (raw: unknown) => T) => T | undefined;

function createReader(flags: FlagInput, env: NodeJS.ProcessEnv): Read {
  return (name, parser) => {
    const found = given(name, { flags, env });
    return found === undefined ? undefined : parseGiven(found, parser);
  };
}

export function toTimeoutMs(raw: unknown): number {
  const ms = toDurationMs(raw);
  if (ms === 0) throw new BadValue('must be longer than 0');
  return ms;
}

/** The headers and tokens of the command line. */
export function readTargetHeaders(
  read: Read,
  flags: FlagInput,
  env: NodeJS.ProcessEnv,
): Pick<RemoteServer, 'headers' | 'headerOrigins'> {
  const place = { dir: process.cwd(), env };
  const lines = read('header', (raw) =>
    toTexts(raw).map((line) => toHeaderFromLine(expandVariables(line, env))),
  );
  const fromEnv = read('tokenEnv', (raw) => toBearer(tokenFromEnv(toText(raw), env)));
  const fromFile = read('tokenFile', (raw) => toBearer(readTokenFile(toText(raw), place).token));
  const pairs = [...(lines ?? []), ...[fromEnv, fromFile].filter((pair) => pair !== undefined)];
  const origin = { layer: 'flag', where: '--header' } as const;
  const headers: readonly HeaderPair[] = parseGiven({ raw: true, origin }, () =>
    checkUnique(pairs),
  );
  return headers.length === 0
    ? { headers }
    : { headers, headerOrigins: targetHeaderOrigins(flags, env) };
}

/** `${VAR}` in a header of the command line; files and commands have flags of their own. */
function expandVariables(text: string, env: NodeJS.ProcessEnv): string {
  if (isPlain(text)) return text;
  try {
    return parseTemplate(text)
      .map((part) => {
        if (part.kind === 'text') return part.text;
        if (part.kind !== 'variable' || part.fallback !== undefined) {
          throw new BadValue(`only \${NAME} is expanded here; see --token-file and --config`);
        }
        const value = tokenFromEnv(part.name, env);
        if (!isHarmlessVariable(part.name)) registerSecret(value);
        return value;
      })
      .join('');
  } catch (error) {
    if (error instanceof BadReference) throw new BadValue(error.message);
    throw error;
  }
}

function toStdio(
  argv: readonly string[],
  base: Omit<StdioServer, 'id' | 'transport' | 'command' | 'args' | 'env' | 'cwd'>,
  transport: string | undefined,
): StdioServer {
  const [command = '', ...args] = argv;
  if (command.trim() === '') throw new OstlerError('usage', 'There is no command to start.');
  if (transport !== undefined && transport !== 'stdio') {
    throw new OstlerError('usage', `--transport ${transport} needs a URL, not a command.`);
  }
  registerArgumentSecrets(args);
  const id = path.basename(command).replace(/\.\w+$/, '') || 'server';
  return { ...base, id, transport: 'stdio', command, args, env: {} };
}
