import type { IncomingMessage, ServerResponse } from 'node:http';
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import { readJson } from './http/body.js';
import { toMessage } from './http/message.js';
import { Refusal } from './http/refusal.js';
import type { SessionStore } from './http/sessions.js';
import type { CreateMcpServer } from './mcp-server.js';

export interface SseEndpointOptions {
  sessions: SessionStore<SSEServerTransport>;
  createServer: CreateMcpServer;
  keepAliveMs: number;
  bodyBytes: number;
  queuedBytes: number;
}

/**
 * Legacy HTTP+SSE: a GET opens the event stream, whose first event tells where to POST.
 * https://modelcontextprotocol.io/specification/2024-11-05/basic/transports#http-with-sse
 */
export interface SseEndpoint {
  open: (req: IncomingMessage, res: ServerResponse, principal: string) => Promise<void>;
  message: (
    req: IncomingMessage,
    res: ServerResponse,
    from: { principal: string; query: URLSearchParams },
  ) => Promise<void>;
}

export function createSseEndpoint(options: SseEndpointOptions): SseEndpoint {
  const { sessions, bodyBytes } = options;
  return {
    async open(req, res, principal) {
      if (!acceptsEvents(req.headers.accept)) {
        throw new Refusal(406, 'Not Acceptable: accept text/event-stream.');
      }
      sessions.checkRoom(principal);
      res.setHeader('X-Accel-Buffering', 'no');
      const transport = new SSEServerTransport('/messages', res);
      const id = transport.sessionId;
      const stopKeepAlive = keepOpen(res, options);
      const server = options.createServer({
        principal,
        onClose() {
          stopKeepAlive();
          sessions.remove(id);
        },
      });
      // Before the stream tells the id: a fast client's first POST must find it.
      sessions.add({ id, principal, transport, close: () => server.close() });
      // The session lives as long as its stream, however quiet that is.
      sessions.take(id, principal, res);
      await server.connect(transport);
    },
    async message(req, res, { principal, query }) {
      const [id, ...more] = query.getAll('sessionId');
      if (id === undefined || id === '' || more.length > 0) {
        throw new Refusal(400, 'Bad Request: send one sessionId.');
      }
      const { transport } = sessions.take(id, principal, res);
      const message = toMessage(await readJson(req, res, bodyBytes));
      // The stream may have ended while the body came in.
      sessions.take(id, principal, res);
      await transport.handlePostMessage(req, res, message);
    },
  };
}

/** No `Accept` accepts everything (RFC 9110 §12.5.1). */
function acceptsEvents(accept: string | undefined): boolean {
  return accept === undefined || /(?:^|,)\s*(?:text\/(?:event-stream|\*)|\*\/\*)/i.test(accept);
}

/** Sends a comment now and then, so that no proxy takes the quiet stream for a dead one. */
function keepOpen(
  res: ServerResponse,
  { keepAliveMs, queuedBytes }: Pick<SseEndpointOptions, 'keepAliveMs' | 'queuedBytes'>,
): () => void {
  const timer = setInterval(() => {
    // A reader that stopped reading would make us hold its events for ever.
    if (res.writableLength > queuedBytes) res.destroy();
    else res.write(': keepalive\n\n');
  }, keepAliveMs);
  return () => clearInterval(timer);
}
