import type { ServerDefinition } from '../../config/types.js';
import { delay } from '../../core/wait.js';
import { createEraCache } from '../../mcp/era-cache.js';
import type { HostPorts } from '../../mcp/ports.js';
import { startSurviving } from '../../mcp/surviving.js';
import type { Connection } from '../../mcp/types.js';

export interface WithServerOptions {
  /** The environment of which a child process inherits six harmless variables. */
  env: NodeJS.ProcessEnv;
  /** Ends connecting; what `use` does has to listen by itself. */
  signal: AbortSignal;
  /** What the server may ask. */
  ports?: HostPorts | undefined;
  /** Oddities worth telling once, sanitised. */
  onWarning?: ((message: string) => void) | undefined;
  /** Gets what a child process writes to its stderr, from the first byte. */
  onStderr?: ((chunk: Buffer) => unknown) | undefined;
}

/** For a `notifications/cancelled` on its way to a remote server; milliseconds. */
const FAREWELL_MS = 60;

/**
 * One server for as long as `use` takes, closed on every path. It is dialled at once, before the
 * SDK is loaded. Rejects with the `OstlerError` of connecting, or with what `use` throws.
 */
export async function withServer<T>(
  server: ServerDefinition,
  { env, signal, ports, onWarning, onStderr }: WithServerOptions,
  use: (connection: Connection) => Promise<T>,
): Promise<T> {
  const eras = createEraCache(env);
  const finish = startSurviving(server, {
    env,
    ports,
    eras,
    onWarning,
    onStderr,
  });
  // One turn of the event loop, so that the first request is on the wire before the SDK is loaded.
  await new Promise(setImmediate);
  const connection = await finish({ signal });
  try {
    return await use(connection);
  } finally {
    // Closing cuts what is still being sent.
    if (signal.aborted && server.transport !== 'stdio') await delay(FAREWELL_MS);
    await connection.close();
    // The process may end with this.
    await eras.settled();
  }
}
