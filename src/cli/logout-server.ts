import { overrideServer } from '../config/override.js';
import { isUrlTarget } from '../config/target.js';
import { OstlerError } from '../core/errors.js';
import type { Flags } from './commands/command.js';
import { findServer, type FoundServer } from './server-target.js';

type Place = Parameters<typeof findServer>[2];

/** As `findServer`; of an entry that does not resolve, what its URL says is enough to forget its login. */
export async function findLogoutServer(
  target: string,
  flags: Flags,
  place: Place,
): Promise<FoundServer> {
  try {
    return await findServer(target, flags, place);
  } catch (error) {
    const isEntry = error instanceof OstlerError && error.code === 'config_invalid';
    if (!isEntry || isUrlTarget(target)) throw error;
    const { env, cwd, signal } = place;
    const { loadReachable } = await import('../config/reachable-server.js');
    const found = await loadReachable({ flags, env, cwd, signal }, target).catch(orNone);
    if (found !== undefined) return overrideServer(found, flags, env);
    throw new OstlerError('config_invalid', error.message, {
      hint: 'Or give its URL: ostler mcp logout https://…',
      cause: error,
    });
  }
}

/** A file that is damaged as a whole has no entry. */
function orNone(error: unknown): undefined {
  if (error instanceof OstlerError && error.code === 'config_invalid') return undefined;
  throw error;
}
