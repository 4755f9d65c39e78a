// What server-everything has not, in the revisions before 2026-07-28: node legacy.mjs stdio | http PORT
import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import {
  CallToolRequestSchema,
  ListPromptsRequestSchema,
  ListResourcesRequestSchema,
  ListToolsRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { PNG, WAV } from './media.mjs';

const [transport, port] = process.argv.slice(2);
const text = (value) => ({ content: [{ type: 'text', text: String(value) }] });
const named = (name) => ({ name, description: name, inputSchema: { type: 'object' } });
const state = { aborted: 0, running: 0, lists: 0, seen: new Set() };

const TOOLS = {
  media: () => ({
    content: [
      { type: 'image', data: PNG, mimeType: 'image/png' },
      { type: 'audio', data: WAV, mimeType: 'audio/wav' },
    ],
  }),
  state: () => text(JSON.stringify({ ...state, seen: [...state.seen] })),
  async wait(_, { signal }) {
    state.running += 1;
    await new Promise((resolve) => {
      signal.addEventListener('abort', resolve, { once: true });
    });
    state.aborted += 1;
    return text('aborted');
  },
  async grow(server) {
    server.grown.push(`grown-${server.grown.length + 1}`);
    await server.sendToolListChanged();
    return text('grown');
  },
  async other(server) {
    await server.sendPromptListChanged();
    await server.sendResourceListChanged();
    return text('told');
  },
};

/** Two of them a page, with cursors nobody can guess. */
function page(items, cursor) {
  const from = cursor === undefined ? 0 : Number(Buffer.from(cursor, 'base64').toString());
  const next = from + 2;
  const nextCursor = Buffer.from(String(next)).toString('base64');
  return [items.slice(from, next), next < items.length ? { nextCursor } : {}];
}

function createServer() {
  const server = new Server(
    { name: 'features', version: '1.0.0' },
    {
      capabilities: {
        tools: { listChanged: true },
        prompts: { listChanged: true },
        resources: { listChanged: true },
      },
    },
  );
  server.grown = [];
  const numbered = (kind) => Array.from({ length: 5 }, (_, index) => `${kind}-${index + 1}`);
  server.setRequestHandler(ListToolsRequestSchema, ({ params }) => {
    state.lists += 1;
    const [tools, more] = page([...Object.keys(TOOLS), ...server.grown], params?.cursor);
    return { tools: tools.map(named), ...more };
  });
  server.setRequestHandler(ListPromptsRequestSchema, ({ params }) => {
    const [prompts, more] = page(numbered('prompt'), params?.cursor);
    return { prompts: prompts.map((name) => ({ name })), ...more };
  });
  server.setRequestHandler(ListResourcesRequestSchema, ({ params }) => {
    const [resources, more] = page(numbered('resource'), params?.cursor);
    return { resources: resources.map((name) => ({ uri: `mem://${name}`, name })), ...more };
  });
  server.setRequestHandler(CallToolRequestSchema, ({ params }, extra) => {
    const tool = TOOLS[params.name];
    return tool === undefined ? text(params.name) : tool(server, extra);
  });
  return server;
}

const sessions = new Map();

async function answer(request, response) {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  if (pathname === '/') return response.end();
  state.seen.add(request.headers['authorization'] ?? 'none');
  if (pathname === '/sse') {
    const opened = new SSEServerTransport('/messages', response);
    sessions.set(opened.sessionId, opened);
    return createServer().connect(opened);
  }
  if (pathname === '/messages') {
    return sessions.get(searchParams.get('sessionId')).handlePostMessage(request, response);
  }
  const known = sessions.get(request.headers['mcp-session-id']);
  if (known !== undefined) return known.handleRequest(request, response);
  const opened = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    onsessioninitialized: (id) => sessions.set(id, opened),
  });
  await createServer().connect(opened);
  return opened.handleRequest(request, response);
}

if (transport === 'stdio') {
  await createServer().connect(new StdioServerTransport());
} else {
  http
    .createServer((request, response) => {
      answer(request, response).catch(() => response.destroy());
    })
    .listen(Number(port), '127.0.0.1');
}
