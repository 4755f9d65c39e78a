import { OstlerError } from '../core/errors.js';
import { givenFlag, parseGiven, toFlag, type FlagInput } from './flags.js';
import { readCertificates } from './read-files.js';
import {
  PROTOCOLS,
  readTargetHeaders,
  targetWarnings,
  toTimeoutMs,
  toTransport,
  type Read,
} from './target.js';
import type { RemoteServer, ServerDefinition } from './types.js';
import { toBoolean, toOneOf, toText } from './values.js';

/** Flags that mean nothing for a server that is started as a command. */
const REMOTE_FLAGS = ['header', 'tokenEnv', 'tokenFile', 'ca', 'insecure'] as const;

export interface Overridden {
  server: ServerDefinition;
  /** Worth telling once. */
  warnings: readonly string[];
}

/**
 * A configured server with what the command line says otherwise: a header takes the place of its
 * namesake, everything else that of its own setting. Only flags count: a variable such as
 * `OSTLER_HEADER` is meant for URLs, and would send one server's token to another.
 */
export function overrideServer(
  server: ServerDefinition,
  flags: FlagInput,
  env: NodeJS.ProcessEnv,
): Overridden {
  const read: Read = (name, parser) => {
    const found = givenFlag(name, flags);
    return found === undefined ? undefined : parseGiven(found, parser);
  };
  checkRemoteFlags(server, flags);
  const connectTimeoutMs = read('serverTimeout', toTimeoutMs) ?? server.connectTimeoutMs;
  const protocol = read('protocol', toOneOf(PROTOCOLS)) ?? server.protocol;
  const transport = read('transport', toTransport) ?? server.transport;
  if ((transport === 'stdio') !== (server.transport === 'stdio')) {
    const what = server.transport === 'stdio' ? 'is started as a command' : 'is reached by its URL';
    throw new OstlerError('usage', `--transport ${transport}: ${server.id} ${what}.`);
  }
  if (server.transport === 'stdio' || transport === 'stdio') {
    return { server: { ...server, connectTimeoutMs, protocol }, warnings: [] };
  }
  const added = readTargetHeaders(read, flags, withoutHeaders(env));
  const ca = read('ca', (raw) => readCertificates(toText(raw), { dir: process.cwd(), env }));
  const changed: RemoteServer = {
    ...server,
    ...mergeHeaders(server, added),
    connectTimeoutMs,
    protocol,
    transport,
    fallback: server.fallback && givenFlag('transport', flags) === undefined,
    insecure: read('insecure', toBoolean) ?? server.insecure,
    ...(ca === undefined ? {} : { ca }),
    ...refreshed(server, added),
  };
  const isChanged = REMOTE_FLAGS.some((name) => givenFlag(name, flags) !== undefined);
  if (!isChanged) return { server: changed, warnings: [] };
  const news = { ...changed, insecure: changed.insecure && !server.insecure };
  return { server: changed, warnings: targetWarnings(news, flags, withoutHeaders(env)) };
}

/** Throws `usage` for a flag about a URL when there is none: it would be a header that is not sent. */
export function checkRemoteFlags(server: ServerDefinition, flags: FlagInput): void {
  if (server.transport !== 'stdio') return;
  const unused = REMOTE_FLAGS.find((name) => givenFlag(name, flags) !== undefined);
  if (unused === undefined) return;
  throw new OstlerError(
    'usage',
    `${toFlag(unused)} is for a server with a URL; ${server.id} is started as a command.`,
    { hint: 'A command gets its secrets as variables: env: in its entry of the configuration.' },
  );
}

/** Without the variables that stand for flags about headers. */
function withoutHeaders(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { OSTLER_HEADER: _, OSTLER_TOKEN_ENV: __, OSTLER_TOKEN_FILE: ___, ...rest } = env;
  return rest;
}

type Headers = Pick<RemoteServer, 'headers' | 'headerOrigins'>;

function mergeHeaders(own: Headers, added: Headers): Headers {
  const replaced = new Set(added.headers.map(([name]) => name.toLowerCase()));
  const stays = (name: string) => !replaced.has(name.trim().toLowerCase());
  const origins = [
    ...(own.headerOrigins ?? []).filter(({ name }) => stays(name)),
    ...(added.headerOrigins ?? []),
  ];
  return {
    headers: [...own.headers.filter(([name]) => stays(name)), ...added.headers],
    ...(origins.length === 0 ? {} : { headerOrigins: origins }),
  };
}

/** Secret commands that run anew bring their own headers back; those of the command line stay. */
function refreshed(
  { refreshHeaders }: RemoteServer,
  added: Headers,
): Pick<RemoteServer, 'refreshHeaders'> {
  if (refreshHeaders === undefined) return {};
  return {
    refreshHeaders: async () => {
      const headers = await refreshHeaders();
      return headers === undefined ? undefined : mergeHeaders({ headers }, added).headers;
    },
  };
}
