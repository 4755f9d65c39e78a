import type { IncomingMessage } from 'node:http';
import { Refusal } from './refusal.js';

export type Route =
  | { name: 'sse-open' }
  | { name: 'sse-message'; query: URLSearchParams }
  | { name: 'mcp' };

const ROUTES: ReadonlyMap<string, readonly string[]> = new Map([
  ['/sse', ['GET']],
  ['/messages', ['POST']],
  ['/mcp', ['GET', 'POST', 'DELETE']],
]);

/**
 * Paths are compared as they were sent, byte by byte: without decoding, case folding or dot removal
 * there are no variants that a proxy and this server could read differently.
 */
export function findRoute(req: IncomingMessage): Route {
  const [path = '', ...rest] = (req.url ?? '').split('?');
  const methods = ROUTES.get(path);
  if (methods === undefined) throw new Refusal(404, 'Not Found.');
  if (!methods.includes(req.method ?? '')) {
    throw new Refusal(405, 'Method Not Allowed.', { headers: { Allow: methods.join(', ') } });
  }
  if (path === '/sse') return { name: 'sse-open' };
  if (path === '/mcp') return { name: 'mcp' };
  return { name: 'sse-message', query: new URLSearchParams(rest.join('?')) };
}

/**
 * A client that meets a 401 looks for OAuth metadata (RFC 9728); "there is none" is the answer that
 * lets it go on. It tells a stranger nothing.
 */
export function isDiscovery(req: IncomingMessage): boolean {
  return (req.url ?? '').startsWith('/.well-known/');
}
