import { loadConfig } from '../config/load.js';
import { isUrlTarget, resolveTarget, targetWarnings } from '../config/target.js';
import type { ServerDefinition, Settings } from '../config/types.js';
import type { Flags } from './commands/command.js';
import type { Io } from './io.js';

/** What a server command is about: a configured name, a URL, or the words behind `--`. */
export type TargetWords = string | readonly string[];

export interface FoundServer {
  server: ServerDefinition;
  /** Worth telling once, on stderr. */
  warnings: readonly string[];
}

/**
 * The one server a command is about. A URL or a command needs no config file and reads none.
 * Throws `usage` for an unknown name, with the nearest one.
 */
export async function findServer(
  target: TargetWords,
  flags: Flags,
  { env, cwd, signal }: Pick<Io, 'env' | 'cwd'> & { signal: AbortSignal },
): Promise<FoundServer> {
  if (typeof target !== 'string' || isUrlTarget(target)) {
    const server = resolveTarget(target, flags, env);
    const warnings = server.transport === 'stdio' ? [] : targetWarnings(server, flags, env);
    return { server, warnings };
  }
  const { settings } = await loadConfig({
    flags: { ...flags, server: [target] },
    env,
    cwd,
    signal,
  });
  const server = settings.servers[0];
  if (server === undefined) throw new Error('the loader lets no unknown name through');
  return { server, warnings: settings.warnings };
}

/** All configured servers that are not disabled, for the commands that take none by name. */
export async function findServers(
  flags: Flags,
  { env, cwd, signal }: Pick<Io, 'env' | 'cwd'> & { signal: AbortSignal },
): Promise<Settings> {
  return (await loadConfig({ flags, env, cwd, signal })).settings;
}
