import { given, parseGiven, toFlag, givenFlag, type FlagInput } from '../config/flags.js';
import { checkRemoteFlags, overrideServer } from '../config/override.js';
import { isUrlTarget, resolveTarget, TARGET_FLAGS, targetWarnings } from '../config/target.js';
import type { ServerDefinition, Settings } from '../config/types.js';
import { toDurationMs } from '../config/values.js';
import { OstlerError } from '../core/errors.js';
import type { Flags } from './commands/command.js';
import type { Io } from './io.js';

/** What a server command is about: a configured name, a URL, or the words behind `--`. */
export type TargetWords = string | readonly string[];

export interface FoundServer {
  server: ServerDefinition;
  /** Worth telling once, on stderr. */
  warnings: readonly string[];
  /** Of a configured server: the settings it stands in. */
  settings?: Settings;
}

type Place = Pick<Io, 'env' | 'cwd'> & {
  signal: AbortSignal;
  /** Origins with line and column. */
  positions?: boolean;
};

/**
 * The one server a command is about. A URL or a command needs no config file and reads none; the
 * flags about a server hold for a configured one too (`overrideServer`). Throws `usage` for an
 * unknown name, with the nearest one, and for flags that this server has no use for.
 */
export async function findServer(
  target: TargetWords,
  flags: Flags,
  place: Place,
): Promise<FoundServer> {
  const found = await find(target, flags, place);
  const limit = commandTimeoutMs(flags, place.env) ?? 0;
  const { server } = found;
  // Who gives a command an hour means its calls too.
  if (limit <= server.callTimeoutMs) return found;
  return { ...found, server: { ...server, callTimeoutMs: limit } };
}

async function find(target: TargetWords, flags: Flags, place: Place): Promise<FoundServer> {
  const { env } = place;
  if (typeof target !== 'string' || isUrlTarget(target)) {
    const server = resolveTarget(target, flags, env);
    checkRemoteFlags(server, flags);
    const warnings = server.transport === 'stdio' ? [] : targetWarnings(server, flags, env);
    return { server, warnings };
  }
  const settings = await load({ ...flags, server: [escapeName(target)] }, place).catch(
    (error: unknown) => {
      throw withoutFlag(error);
    },
  );
  const [configured] = settings.servers;
  if (configured === undefined) throw new Error('the loader lets no unknown name through');
  const { server, warnings } = overrideServer(configured, flags, env);
  return { server, settings, warnings: [...new Set([...settings.warnings, ...warnings])] };
}

/** All configured servers that are not disabled, for the commands that take none by name. Throws `usage` when there is none. */
export async function findServers(flags: Flags, place: Place): Promise<Settings> {
  const unused = TARGET_FLAGS.find((name) => givenFlag(name, flags) !== undefined);
  if (unused !== undefined) {
    throw new OstlerError('usage', `${toFlag(unused)} is for one server; which one?`, {
      hint: 'Give its name or its URL before the options.',
    });
  }
  const settings = await load(flags, place);
  if (settings.servers.some(({ disabled }) => !disabled)) return settings;
  throw new OstlerError('usage', 'Which server? None is configured.', {
    hint: 'Give a URL (https://…/mcp), or a command behind --: -- node server.js',
  });
}

/** `--timeout`: how long the whole command may take, milliseconds; undefined = no limit. Throws `usage`. */
export function commandTimeoutMs(flags: FlagInput, env: NodeJS.ProcessEnv): number | undefined {
  const found = given('timeout', { flags, env });
  const ms = found === undefined ? 0 : parseGiven(found, toDurationMs);
  return ms === 0 ? undefined : ms;
}

/** The loader speaks of `--server`, which nobody wrote here. */
function withoutFlag(error: unknown): unknown {
  const [, what] =
    error instanceof OstlerError ? (/^--server: n(.*)$/s.exec(error.message) ?? []) : [];
  if (what === undefined) return error;
  return new OstlerError('usage', `N${what}`, {
    hint: 'Give a configured name, a URL, or a command: -- node server.js',
    cause: error,
  });
}

/** The settings without the flags about one server, which the loader takes for those of a chat's URL. */
async function load(
  flags: Flags,
  { env, cwd, signal, positions = false }: Place,
): Promise<Settings> {
  const { loadConfig } = await import('../config/load.js');
  const own = Object.entries(flags).filter(([name]) => !TARGET_FLAGS.includes(name));
  const { settings } = await loadConfig({
    flags: Object.fromEntries(own),
    env,
    cwd,
    signal,
    positions,
  });
  return settings;
}

/** `--server` takes several names, parted by commas; a command is about one. */
function escapeName(name: string): string {
  if (name.trim() !== '' && !name.includes(',')) return name;
  throw new OstlerError('usage', 'A command is about one server: give one name.');
}
