import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { isRecord } from '../../src/core/json.js';
import { startHttp, type HttpFixture } from './http.js';
import { createSampleServer } from './sample-tools.js';

export interface BearerFixture extends HttpFixture {
  sseUrl: string;
  mcpUrl: string;
  /** Messages the server got, any transport: method names in order. */
  methods: string[];
  /** One for each session, in order. */
  servers: McpServer[];
  /** Changes the token that is accepted from now on. */
  setToken: (token: string) => void;
  /** Forgets all sessions, as a restart would. */
  forget: () => void;
}

export interface BearerOptions {
  /** Undefined: everybody may come in. */
  token?: string;
  /** Text of the WWW-Authenticate header of a 401. */
  challenge?: string;
  /** Of an earlier server, which has ended. */
  port?: number;
}

/** A v1-SDK server as people write them: legacy SSE and Streamable HTTP on one port behind one bearer token. */
export async function startBearer(options: BearerOptions = {}): Promise<BearerFixture> {
  const streams = new Map<string, SSEServerTransport>();
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  const methods: string[] = [];
  const servers: McpServer[] = [];
  let { token } = options;

  const newServer = () => {
    const server = createSampleServer();
    servers.push(server);
    return server;
  };
  const serveSse = async (response: ServerResponse) => {
    const transport = new SSEServerTransport('/messages', response);
    streams.set(transport.sessionId, transport);
    await newServer().connect(transport);
  };
  const servePost = async (request: IncomingMessage, response: ServerResponse, id: string) => {
    const transport = streams.get(id);
    if (transport === undefined) return void response.writeHead(404).end('no such session');
    const body = await readJson(request);
    methods.push(methodOf(body));
    await transport.handlePostMessage(request, response, body);
  };
  const serveMcp = async (request: IncomingMessage, response: ServerResponse) => {
    const body = request.method === 'POST' ? await readJson(request) : undefined;
    if (body !== undefined) methods.push(methodOf(body));
    const id = request.headers['mcp-session-id'];
    const known = typeof id === 'string' ? sessions.get(id) : undefined;
    if (known !== undefined) return known.handleRequest(request, response, body);
    if (id !== undefined) return void response.writeHead(404).end('no such session');
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (session) => void sessions.set(session, transport),
    });
    await newServer().connect(transport);
    await transport.handleRequest(request, response, body);
  };

  const fixture = await startHttp(
    (request, response) => {
      if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) {
        response.writeHead(401, { 'www-authenticate': options.challenge ?? 'Bearer' });
        response.end('who are you?');
        return;
      }
      const url = new URL(request.url ?? '', 'http://localhost');
      const serve =
        url.pathname === '/sse' && request.method === 'GET'
          ? serveSse(response)
          : url.pathname === '/messages' && request.method === 'POST'
            ? servePost(request, response, url.searchParams.get('sessionId') ?? '')
            : url.pathname === '/mcp'
              ? serveMcp(request, response)
              : Promise.resolve(void response.writeHead(url.pathname === '/sse' ? 405 : 404).end());
      serve.catch(() => response.destroy());
    },
    '127.0.0.1',
    options.port,
  );
  return {
    ...fixture,
    sseUrl: `${fixture.url}/sse`,
    mcpUrl: `${fixture.url}/mcp`,
    methods,
    servers,
    setToken(next) {
      token = next;
    },
    forget() {
      sessions.clear();
      streams.clear();
    },
  };
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
}

function methodOf(body: unknown): string {
  return isRecord(body) && typeof body['method'] === 'string' ? body['method'] : '';
}
