import type { ServerDefinition } from '../config/types.js';
import { abortError, type OstlerError } from '../core/errors.js';
import type { ServerStatus } from '../core/events.js';
import type { EraCache } from './era-cache.js';
import type { HostPorts } from './ports.js';
import type { Connection } from './types.js';
import { toOwn, type Finish } from './start.js';
import { toStatus } from './status.js';
import { startSurviving } from './surviving.js';

export { checkRequired } from './required.js';

/** What became of one configured server. */
export interface ServerResult {
  id: string;
  /** The configuration says that nothing works without it. */
  required: boolean;
  status: ServerStatus;
  /** Set when connected. */
  connection?: Connection;
  /** Set when failed. */
  error?: OstlerError;
}

export interface OpenServersOptions {
  signal: AbortSignal;
  /** Called when a server begins to connect and when it is known what became of it. */
  onStatus?: (status: ServerStatus) => void;
  /** Oddities worth telling once, sanitised: skipped tools, noise on a server's stdout. */
  onWarning?: (message: string, server: string) => void;
  /** The environment of which child processes inherit six harmless variables. */
  env: NodeJS.ProcessEnv;
  /** What the servers may ask of us. */
  ports?: HostPorts | undefined;
  /** Eras of servers that were connected before; left out, every server is asked. */
  eras?: EraCache | undefined;
}

/**
 * Opens all servers that are not disabled, side by side, each within its own time: one that fails
 * or hangs neither delays nor hides the others. Results come in the order of the definitions.
 * Rejects only when the signal fires; what was open by then is closed.
 */
export async function openServers(
  servers: readonly ServerDefinition[],
  options: OpenServersOptions,
): Promise<ServerResult[]> {
  const starts = servers.map((server) => ({ server, finish: startOne(server, options) }));
  // One turn of the event loop, so that every request is on the wire before the SDK is loaded.
  await new Promise(setImmediate);
  const results = await Promise.all(
    starts.map(async ({ server, finish }) => {
      const result = await finishOne(server, finish, options.signal);
      if (!server.disabled) options.onStatus?.(result.status);
      return result;
    }),
  );
  if (options.signal.aborted) {
    await Promise.all(results.map(async ({ connection }) => connection?.close()));
    throw abortError(options.signal);
  }
  return results;
}

function startOne(
  server: ServerDefinition,
  { env, ports, eras, onStatus, onWarning }: OpenServersOptions,
): Finish | undefined {
  if (server.disabled) return undefined;
  onStatus?.({ name: server.id, status: 'connecting', tools: 0, transport: server.transport });
  return startSurviving(server, {
    env,
    ports,
    eras,
    onWarning: (message) => onWarning?.(message, server.id),
  });
}

async function finishOne(
  server: ServerDefinition,
  finish: Finish | undefined,
  signal: AbortSignal,
): Promise<ServerResult> {
  const { id, required } = server;
  if (finish === undefined) return { id, required, status: toStatus(server, 'disabled') };
  try {
    const connection = await finish({ signal });
    return { id, required, connection, status: toStatus(server, connection) };
  } catch (error) {
    const own = toOwn(error, id);
    return { id, required, error: own, status: toStatus(server, own) };
  }
}
