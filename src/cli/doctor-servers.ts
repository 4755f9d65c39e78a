import { readFields } from '../config/fields.js';
import { givenFlag, parseGiven } from '../config/flags.js';
import type { LoadInput } from '../config/input.js';
import { loadConfig, type LoadedConfig } from '../config/load.js';
import { createProblems } from '../config/problems.js';
import { readSources } from '../config/read-sources.js';
import { collectServers } from '../config/servers.js';
import { toTimeoutMs } from '../config/target.js';
import type { ServerDefinition } from '../config/types.js';
import { toBoolean } from '../config/values.js';
import { OstlerError } from '../core/errors.js';
import type { Flags } from './commands/command.js';

/** A configured server, or why its entry cannot be used. */
export type FoundEntry =
  | { id: string; server: ServerDefinition; warnings: readonly string[] }
  | { id: string; error: OstlerError };

export interface FoundConfig {
  /** Settings and files; the servers in it are not resolved. */
  loaded: LoadedConfig;
  servers: readonly FoundEntry[];
  /** What is not about one server. */
  warnings: readonly string[];
}

type Place = Pick<LoadInput, 'env' | 'cwd'> & { signal: AbortSignal };

/**
 * The whole configuration. One entry that is wrong does not hide the others; a file that cannot be
 * read is thrown as `config_invalid`. Nothing of an untrusted project file is looked at.
 */
export async function findConfig(flags: Flags, place: Place): Promise<FoundConfig> {
  const { serverTimeout: _, ...rest } = flags;
  const input: LoadInput = { ...place, flags: rest, untrusted: 'skip', positions: true };
  try {
    const loaded = await loadConfig(input);
    const { servers, warnings } = loaded.settings;
    const about = (id: string) => warnings.filter((text) => text.startsWith(`${id}: `));
    const own = new Set(servers.flatMap(({ id }) => about(id)));
    return {
      loaded,
      servers: servers.map((server) => ({
        id: server.id,
        server: withTimeout(server, flags),
        warnings: about(server.id).map((text) => text.slice(server.id.length + 2)),
      })),
      warnings: warnings.filter((text) => !own.has(text)),
    };
  } catch (error) {
    if (!(error instanceof OstlerError) || error.code !== 'config_invalid') throw error;
    return findOneByOne(input, flags);
  }
}

/** Some entry is wrong: each is read by itself. Throws when it is no entry that is. */
async function findOneByOne(input: LoadInput, flags: Flags): Promise<FoundConfig> {
  const loaded = await loadConfig({ ...input, flags: { ...input.flags, tools: false } });
  const { sources } = await readSources(input);
  const servers = await Promise.all(
    [...collectServers(sources, createProblems())].map(
      async ([id, { value, path }]): Promise<FoundEntry[]> => {
        const fields = readFields(value, path, () => {});
        // A server that is switched off is not started because another one is wrong.
        if (isOn(fields.get('disabled')?.value, false) || !isOn(fields.get('enabled')?.value, true))
          return [];
        try {
          const one = await loadConfig({ ...input, flags: { ...input.flags, server: [id] } });
          const [server] = one.settings.servers;
          return server === undefined
            ? []
            : [{ id, server: withTimeout(server, flags), warnings: [] }];
        } catch (error) {
          if (error instanceof OstlerError) return [{ id, error }];
          throw error;
        }
      },
    ),
  );
  return { loaded, servers: servers.flat(), warnings: loaded.settings.warnings };
}

function isOn(value: unknown, otherwise: boolean): boolean {
  if (value === undefined) return otherwise;
  try {
    return toBoolean(value);
  } catch {
    return otherwise;
  }
}

/** `--server-timeout` holds for all. */
function withTimeout(server: ServerDefinition, flags: Flags): ServerDefinition {
  const found = givenFlag('serverTimeout', flags);
  if (found === undefined) return server;
  return { ...server, connectTimeoutMs: parseGiven(found, toTimeoutMs) };
}
