import type { IncomingMessage, ServerResponse } from 'node:http';
import { toTerminalLine } from '../core/terminal-text.js';
import { redact } from '../core/redact.js';
import type { Authenticate } from './http/authenticate.js';
import { checkHost } from './http/host-check.js';
import { answerOptions, checkOrigin } from './http/origin-check.js';
import type { Quota } from './http/quota.js';
import { Refusal, sendRefusal, setSafeHeaders } from './http/refusal.js';
import { findRoute, isDiscovery } from './http/route.js';
import type { Throttle } from './http/throttle.js';
import type { McpEndpoint } from './mcp-endpoint.js';
import type { SseEndpoint } from './sse-endpoint.js';

export interface HandlerParts {
  allowedHosts: ReadonlySet<string>;
  allowedOrigins: ReadonlySet<string>;
  authenticate: Authenticate;
  throttle: Throttle;
  quota: Quota;
  sse: SseEndpoint;
  mcp: McpEndpoint;
  log: (line: string) => void;
}

/** The way of a request. Each step passes it on or refuses it; nothing of the body is read before the last. */
export function createRequestHandler(parts: HandlerParts) {
  return async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    try {
      setSafeHeaders(res);
      checkHost(req, parts.allowedHosts);
      checkOrigin(req, res, parts.allowedOrigins);
      if (req.method === 'OPTIONS') return answerOptions(res);
      if (isDiscovery(req)) throw new Refusal(404, 'Not Found.');
      const principal = identify(req, parts);
      const route = findRoute(req);
      parts.quota.enter(principal, res);
      switch (route.name) {
        case 'sse-open':
          return await parts.sse.open(req, res, principal);
        case 'sse-message':
          return await parts.sse.message(req, res, { principal, query: route.query });
        case 'mcp':
          return await parts.mcp(req, res, principal);
      }
    } catch (error) {
      sendRefusal(req, res, toRefusal(error, parts.log));
    }
  };
}

/** Whose request it is. The log tells of refused tokens, but not of a flood of them. */
function identify(req: IncomingMessage, { authenticate, throttle, log }: HandlerParts): string {
  const verdict = authenticate(req);
  if ('principal' in verdict) return verdict.principal;
  const address = req.socket.remoteAddress ?? '';
  const tooMany = verdict.guess ? throttle.note(address) : undefined;
  if (tooMany !== undefined) throw tooMany;
  const path = toTerminalLine(redact((req.url ?? '').split('?')[0] ?? '')).slice(0, 100);
  log(
    `${verdict.refusal.status} ${req.method} ${path} from ${address}: ${verdict.refusal.message}`,
  );
  throw verdict.refusal;
}

/** A bug is told to the log, and to the client only that there was one. */
function toRefusal(error: unknown, log: (line: string) => void): Refusal {
  if (error instanceof Refusal) return error;
  const why = error instanceof Error ? error.message : String(error);
  log(`500: ${toTerminalLine(redact(why))}`);
  return new Refusal(500, 'Internal Server Error.', { code: -32603 });
}
