import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import {
  CancelledNotificationSchema,
  isInitializeRequest,
  type JSONRPCMessage,
} from '@modelcontextprotocol/sdk/types.js';
import { readJson } from './http/body.js';
import { toMessage } from './http/message.js';
import { Refusal } from './http/refusal.js';
import type { SessionStore } from './http/sessions.js';
import type { CreateMcpServer } from './mcp-server.js';

export interface McpEndpointOptions {
  sessions: SessionStore<StreamableHTTPServerTransport>;
  createServer: CreateMcpServer;
  keepAliveMs: number;
  bodyBytes: number;
}

/**
 * Streamable HTTP with sessions: POST for every message, GET for the server's own events, DELETE
 * to end. There is no event store, so `Last-Event-ID` replays nothing to anybody.
 * https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#streamable-http
 */
export type McpEndpoint = (
  req: IncomingMessage,
  res: ServerResponse,
  principal: string,
) => Promise<void>;

export function createMcpEndpoint(options: McpEndpointOptions): McpEndpoint {
  const { sessions, bodyBytes } = options;
  return async (req, res, principal) => {
    const id = req.headers['mcp-session-id'];
    if (typeof id !== 'string') {
      if (req.method !== 'POST') throw noSession();
      sessions.checkRoom(principal);
      const message = toMessage(await readJson(req, res, bodyBytes));
      return begin(message, { req, res, principal, options });
    }
    const { transport } = sessions.take(id, principal, res);
    if (req.method !== 'POST') return transport.handleRequest(req, res);
    const message = toMessage(await readJson(req, res, bodyBytes));
    await transport.handleRequest(req, res, message);
    endCancelled(transport, message);
  };
}

function noSession(): Refusal {
  return new Refusal(400, 'Bad Request: send Mcp-Session-Id, or initialize first.');
}

interface Exchange {
  req: IncomingMessage;
  res: ServerResponse;
  principal: string;
  options: McpEndpointOptions;
}

/** Opens a session. Its id is ours, never the client's. */
async function begin(message: JSONRPCMessage, exchange: Exchange): Promise<void> {
  if (!isInitializeRequest(message)) throw noSession();
  const { req, res, principal, options } = exchange;
  const { sessions } = options;
  const server = options.createServer({
    principal,
    onClose() {
      if (transport.sessionId !== undefined) sessions.remove(transport.sessionId);
    },
  });
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    keepAliveMs: options.keepAliveMs,
    onsessioninitialized: (id) => {
      sessions.add({ id, principal, transport, close: () => server.close() });
      sessions.take(id, principal, res);
    },
  });
  await server.connect(transport);
  await transport.handleRequest(req, res, message);
}

/** A cancelled call gets no answer, so the SDK would hold the stream that waits for it. */
function endCancelled(transport: StreamableHTTPServerTransport, message: JSONRPCMessage): void {
  const cancelled = CancelledNotificationSchema.safeParse(message);
  if (cancelled.success && cancelled.data.params.requestId !== undefined) {
    transport.closeSSEStream(cancelled.data.params.requestId);
  }
}
