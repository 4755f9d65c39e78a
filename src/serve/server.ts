import { abortError } from '../core/errors.js';
import { registerSecret } from '../core/redact.js';
import { createApp } from './app.js';
import { createTools } from './create-tools.js';
import { addresses, createHttpServer, listen } from './listen.js';
import { checkTokens } from './policy.js';
import { DEFAULT_LIMITS, type SampleServer, type SampleServerOptions } from './types.js';

/**
 * Starts a sample MCP server behind bearer tokens: legacy HTTP+SSE on `/sse` and `/messages`,
 * Streamable HTTP on `/mcp`, both on one port. Throws `usage` for tokens that are too weak and
 * `server_failed` when it cannot listen.
 */
export async function startSampleServer(options: SampleServerOptions): Promise<SampleServer> {
  const { kind, host = '127.0.0.1', port = 0, tokens, signal } = options;
  checkTokens(kind, host, tokens);
  if (signal?.aborted) throw abortError(signal);
  for (const { token } of tokens) registerSecret(token);

  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const tools = await createTools(options);
  const app = createApp({ options, limits, tools: tools.tools });
  const server = createHttpServer(limits, app.handle);
  const sweeper = setInterval(app.sweep, Math.min(30_000, limits.sessionIdleMs));
  sweeper.unref();

  let closing: Promise<void> | undefined;
  const close = () => (closing ??= shutDown());
  async function shutDown(): Promise<void> {
    clearInterval(sweeper);
    signal?.removeEventListener('abort', onAbort);
    server.close();
    await Promise.all([app.close(), tools.close()]);
    server.closeAllConnections();
  }
  const onAbort = () => void close();

  try {
    await listen(server, host, port);
  } catch (error) {
    await close();
    throw error;
  }
  if (signal?.aborted) onAbort();
  else signal?.addEventListener('abort', onAbort, { once: true });
  return { ...addresses(server, host), close };
}
