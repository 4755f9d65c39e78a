import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { isIPv6 } from 'node:net';
import { OstlerError } from '../core/errors.js';
import { errnoOf } from './errno.js';
import type { ServeLimits } from './types.js';

type Handle = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

/** A Node server that does not wait for slow senders and notices dead peers. */
export function createHttpServer(limits: ServeLimits, handle: Handle): http.Server {
  const server = http.createServer({
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: Math.min(5_000, limits.headersMs),
    keepAliveTimeout: 5_000,
    keepAlive: true,
    keepAliveInitialDelay: 30_000,
  });
  server.maxConnections = limits.connections;
  const onRequest = (req: IncomingMessage, res: ServerResponse) => void handle(req, res);
  server.on('request', onRequest);
  // Node would say "100 Continue" before anybody looked at the token.
  server.on('checkContinue', onRequest);
  return server;
}

/** Resolves once it listens; throws `server_failed`, or `usage` for an address that cannot be. */
export async function listen(server: http.Server, host: string, port: number): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port, exclusive: true }, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (error) {
    throw toListenError(error, host, port);
  }
}

function toListenError(error: unknown, host: string, port: number): OstlerError {
  const code = errnoOf(error);
  switch (code) {
    case 'EADDRINUSE':
      return new OstlerError('server_failed', `Port ${port} on ${host} is already in use.`, {
        hint: 'Choose another one with --port, or --port 0 for any that is free.',
        cause: error,
      });
    case 'EACCES':
      return new OstlerError('server_failed', `Port ${port} may not be used by this user.`, {
        hint: 'Choose one above 1023 with --port.',
        cause: error,
      });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new OstlerError('server_failed', `${host} is not an address of this machine.`, {
        hint: 'Choose another one with --host, e.g. 127.0.0.1.',
        cause: error,
      });
    default:
      return new OstlerError(
        'server_failed',
        `Cannot listen on ${host}:${port}: ${code ?? 'unknown error'}.`,
        { cause: error },
      );
  }
}

/** Where a client on this machine finds it; a wildcard address is no address to dial. */
export function addresses(server: http.Server, host: string) {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  const url = `http://${isIPv6(name) ? `[${name}]` : name}:${port}`;
  return { url, sseUrl: `${url}/sse`, mcpUrl: `${url}/mcp`, port };
}
