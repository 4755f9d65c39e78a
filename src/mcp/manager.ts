import type { ServerDefinition } from '../config/types.js';
import { abortError, OstlerError, toErrorInfo } from '../core/errors.js';
import type { ServerStatus } from '../core/events.js';
import type { Connection } from './types.js';
import { dial, type Dialed } from './dial.js';
import { toStatus } from './status.js';

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
  env?: NodeJS.ProcessEnv;
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
  const dials = servers.map((server) => ({ server, dialed: dialOne(server, options) }));
  // One turn of the event loop, so that every request is on the wire before the SDK is loaded.
  await new Promise(setImmediate);
  const results = await Promise.all(
    dials.map(async ({ server, dialed }) => {
      const result = await finish(server, dialed, options);
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

function dialOne(
  server: ServerDefinition,
  { env = process.env, onStatus, onWarning }: OpenServersOptions,
): Dialed | OstlerError | undefined {
  if (server.disabled) return undefined;
  onStatus?.({ name: server.id, status: 'connecting', tools: 0, transport: server.transport });
  try {
    return dial(server, { env, onWarning: (message) => onWarning?.(message, server.id) });
  } catch (error) {
    return toOwn(error, server.id);
  }
}

async function finish(
  server: ServerDefinition,
  dialed: Dialed | OstlerError | undefined,
  { signal, onWarning }: OpenServersOptions,
): Promise<ServerResult> {
  const { id, required } = server;
  if (dialed === undefined) return { id, required, status: toStatus(server, 'disabled') };
  try {
    if (dialed instanceof OstlerError) throw dialed;
    // Only now, with every server on its way: they boot while the SDK loads.
    const { connect } = await import('./connection.js');
    const connection = await connect(dialed, {
      signal,
      onWarning: (message) => onWarning?.(message, id),
    });
    return { id, required, connection, status: toStatus(server, connection) };
  } catch (error) {
    const own = toOwn(error, id);
    return { id, required, error: own, status: toStatus(server, own) };
  }
}

/** A bug shows as what it is, but does not take the other servers with it. */
function toOwn(error: unknown, server: string): OstlerError {
  if (error instanceof OstlerError) return error;
  return new OstlerError('internal', toErrorInfo(error).message, { server, cause: error });
}
