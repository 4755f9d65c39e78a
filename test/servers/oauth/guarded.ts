import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createMcpHandler, McpServer as ModernServer } from '@modelcontextprotocol/server';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { z } from 'zod';
import { startHttp, type HttpFixture } from '../http.js';
import type { AuthorizationServer } from './authorization-server.js';
import { createGuard, type GuardOptions } from './guard.js';

export interface GuardedServerOptions {
  as: AuthorizationServer;
  /** `2025-11-25`: sessions at /mcp and HTTP+SSE at /sse. `2026-07-28`: /mcp without sessions. */
  era?: '2025-11-25' | '2026-07-28';
  /** Scopes every request needs; `mcp` unless given. */
  scopes?: readonly string[];
  /** Tools that need one scope more; `admin` needs `extra` unless given. */
  toolScopes?: Readonly<Record<string, string>>;
  /** Takes the place of parts of the protected resource metadata. */
  metadata?: Record<string, unknown>;
  /** No metadata is published and none is named in a 401: the 2025-03-26 way. */
  bare?: boolean;
}

export interface GuardedServer extends HttpFixture {
  mcpUrl: string;
  sseUrl: string;
  /** Requests that were let in. */
  entered: () => number;
  /** Ends all sessions, as a restart would. */
  dropSessions: () => void;
}

/** An MCP server that wants a token of `as` for its own URL. Tools: `add_numbers`, `admin`. */
export async function startGuarded(options: GuardedServerOptions): Promise<GuardedServer> {
  const { as, era = '2025-11-25', scopes = ['mcp'], toolScopes = { admin: 'extra' } } = options;
  const { metadata = {}, bare = false } = options;
  const guard = createGuard({ as, scopes, toolScopes, metadata, bare } satisfies GuardOptions);
  const legacy = createLegacy();
  const answer = era === '2025-11-25' ? legacy.answer : createModern();
  let origin = '';
  let entered = 0;
  const run = async (request: IncomingMessage, response: ServerResponse) => {
    if (guard.metadata(request, response, origin)) return;
    const resource = resourceOf(request, origin);
    if (resource === undefined) return void response.writeHead(404).end();
    const guarded = await guard.enter(request, response, resource);
    if (guarded === undefined) return;
    entered += 1;
    await answer(request, response, guarded.body);
  };
  const fixture = await startHttp((request, response) => {
    run(request, response).catch(() => response.destroy());
  });
  origin = fixture.url;
  return {
    ...fixture,
    mcpUrl: `${origin}/mcp`,
    sseUrl: `${origin}/sse`,
    entered: () => entered,
    dropSessions: legacy.drop,
  };
}

/** What a token has to be for. */
function resourceOf({ url = '' }: IncomingMessage, origin: string): URL | undefined {
  const [path = ''] = url.split('?');
  if (path === '/mcp') return new URL('/mcp', origin);
  return path === '/sse' || path === '/messages' ? new URL('/sse', origin) : undefined;
}

type Answer = (request: IncomingMessage, response: ServerResponse, body: unknown) => Promise<void>;

function createLegacy(): { answer: Answer; drop: () => void } {
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  const streams = new Map<string, SSEServerTransport>();
  const open = async (): Promise<StreamableHTTPServerTransport> => {
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void sessions.set(id, transport),
    });
    await createServer().connect(transport);
    return transport;
  };
  const streamable: Answer = async (request, response, body) => {
    const id = request.headers['mcp-session-id'];
    const known = typeof id === 'string' ? sessions.get(id) : undefined;
    if (id !== undefined && known === undefined) return void response.writeHead(404).end();
    await (known ?? (await open())).handleRequest(request, response, body);
  };
  const stream: Answer = async (request, response, body) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    if (pathname === '/messages') {
      const found = streams.get(searchParams.get('sessionId') ?? '');
      if (found === undefined) return void response.writeHead(404).end();
      return found.handlePostMessage(request, response, body);
    }
    if (request.method !== 'GET') return void response.writeHead(405).end();
    const transport = new SSEServerTransport('/messages', response);
    streams.set(transport.sessionId, transport);
    await createServer().connect(transport);
  };
  return {
    answer: (request, response, body) => {
      const isStreamable = request.url?.split('?')[0] === '/mcp';
      return (isStreamable ? streamable : stream)(request, response, body);
    },
    drop: () => sessions.clear(),
  };
}

const ADD = { number1: z.number(), number2: z.number() };

function createServer(): McpServer {
  const server = new McpServer({ name: 'guarded', version: '1.0.0' });
  server.registerTool('add_numbers', { description: 'Add two numbers', inputSchema: ADD }, sum);
  server.registerTool('admin', { description: 'Needs the scope extra' }, admin);
  return server;
}

function createModern(): Answer {
  const handler = createMcpHandler(
    () => {
      const server = new ModernServer({ name: 'guarded', version: '2.0.0' });
      const inputSchema = z.object(ADD);
      server.registerTool('add_numbers', { description: 'Add two numbers', inputSchema }, sum);
      server.registerTool('admin', { description: 'Needs the scope extra' }, admin);
      return server;
    },
    { legacy: 'reject' },
  );
  return async (request, response, body) => {
    const answer = await handler.fetch(
      new Request(`http://${request.headers.host}${request.url}`, {
        method: request.method ?? 'GET',
        headers: Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    const reader = answer.body?.getReader();
    response.once('close', () => void reader?.cancel());
    for (let chunk = await reader?.read(); chunk?.done === false; chunk = await reader?.read()) {
      response.write(chunk.value);
    }
    response.end();
  };
}

function sum({ number1, number2 }: { number1: number; number2: number }) {
  return { content: [{ type: 'text' as const, text: String(number1 + number2) }] };
}

function admin() {
  return { content: [{ type: 'text' as const, text: 'You may.' }] };
}
