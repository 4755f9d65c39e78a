import type { IncomingMessage, ServerResponse } from 'node:http';
import { rawValues } from './raw-headers.js';
import { Refusal } from './refusal.js';

/**
 * A browser names the page a request comes from; a terminal sends no `Origin`. So none is fine, the
 * server's own is, one from the allow-list is, and any other (`null` too) is refused.
 * The specification: "Servers MUST validate the Origin header".
 */
export function checkOrigin(
  req: IncomingMessage,
  res: ServerResponse,
  allowedOrigins: ReadonlySet<string>,
): void {
  const [origin, ...more] = rawValues(req, 'origin');
  if (origin === undefined) return;
  if (more.length === 0 && allowedOrigins.has(origin)) {
    res.setHeader('Access-Control-Allow-Origin', origin);
    res.setHeader('Access-Control-Expose-Headers', 'Mcp-Session-Id, WWW-Authenticate');
    res.setHeader('Vary', 'Origin');
    return;
  }
  if (more.length > 0 || origin !== `http://${req.headers.host ?? ''}`) {
    throw new Refusal(403, 'Forbidden: this Origin is not allowed.');
  }
}

/**
 * Answers `OPTIONS`, before authentication because a browser sends its preflight without
 * credentials. The answer is the same for every path, so it tells nothing.
 */
export function answerOptions(res: ServerResponse): void {
  const preflight = res.hasHeader('Access-Control-Allow-Origin');
  res.writeHead(preflight ? 204 : 405, {
    Allow: 'GET, POST, DELETE',
    ...(preflight && {
      'Access-Control-Allow-Methods': 'GET, POST, DELETE',
      'Access-Control-Allow-Headers':
        'Authorization, Content-Type, Mcp-Session-Id, Mcp-Protocol-Version, Last-Event-ID',
      'Access-Control-Max-Age': '600',
    }),
    ...(!preflight && { 'Content-Length': '0' }),
  });
  res.end();
}
