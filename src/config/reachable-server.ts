import { isRecord } from '../core/json.js';
import type { ExpandContext } from './expand.js';
import { toCanonicalKey } from './fields.js';
import type { LoadInput } from './input.js';
import { createProblems } from './problems.js';
import { readSources } from './read-sources.js';
import { toServerDefinition } from './server-entry.js';
import { collectServers, type WrittenServer } from './servers.js';
import type { RemoteServer } from './types.js';

const URL_KEYS = ['url', 'httpUrl', 'serverUrl', 'endpoint', 'type', 'transport'];
const TLS_KEYS = ['ca', 'insecure'];

/**
 * A configured remote server with no more than where it is, for what must work although the rest of
 * its entry does not resolve: a secret that is not set, a certificate that is gone. Undefined when
 * even its URL does not resolve, or it is none. Untrusted files are as for `loadConfig`.
 */
export async function loadReachable(
  input: LoadInput,
  id: string,
): Promise<RemoteServer | undefined> {
  const { sources } = await readSources(input);
  const written = collectServers(sources, createProblems()).get(id);
  if (written === undefined) return undefined;
  const { env, signal } = input;
  const expand: ExpandContext = { env, dir: written.source.dir, mode: 'run', signal };
  const withTls = await resolve(written, [...URL_KEYS, ...TLS_KEYS], expand);
  return withTls ?? resolve(written, URL_KEYS, expand);
}

/** The server of these keys alone; undefined when anything in them is wrong. */
async function resolve(
  { id, value, path, source }: WrittenServer,
  keys: readonly string[],
  expand: ExpandContext,
): Promise<RemoteServer | undefined> {
  if (!isRecord(value)) return undefined;
  const kept = Object.entries(value).filter(([key]) => keys.includes(toCanonicalKey(key)));
  const origin = { layer: source.layer, where: source.name } as const;
  let wrong = false;
  const server = await toServerDefinition({
    id,
    value: Object.fromEntries(kept),
    path,
    origin,
    report: () => {
      wrong = true;
    },
    warn: () => {},
    ignore: () => {},
    locate: async () => origin,
    expand,
    named: true,
  });
  return wrong || server?.transport === 'stdio' ? undefined : server;
}
