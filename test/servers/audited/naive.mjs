// Servers as they are written in a hurry. `FAULT` says where the token is looked at:
//   get    only when a stream or a session is opened, as if nobody could know the message endpoint
//   tool   only when a tool is called
//   never  nowhere
//   query  everywhere, and it may stand in the query as well
import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { createTools, principalOf, principalOfHeader, tellWhenReady } from './tools.mjs';

const { FAULT } = process.env;
const streams = new Map();
const sessions = new Map();

function mayPass(request, url) {
  const known = principalOfHeader(request.headers.authorization) !== undefined;
  if (FAULT === 'query') return known || principalOf(url.searchParams.get('token')) !== undefined;
  if (FAULT === 'get') {
    const opens = url.pathname === '/sse' || request.headers['mcp-session-id'] === undefined;
    return known || !opens || url.pathname === '/messages';
  }
  return true;
}

const newServer = () =>
  createTools(
    FAULT === 'tool'
      ? ({ requestInfo }) => principalOfHeader(requestInfo?.headers.authorization) !== undefined
      : undefined,
  );

async function serve(request, response) {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (!mayPass(request, url)) {
    response.writeHead(401, { 'WWW-Authenticate': 'Bearer' }).end('Unauthorized');
    return;
  }
  if (url.pathname === '/sse' && request.method === 'GET') {
    const transport = new SSEServerTransport('/messages', response);
    streams.set(transport.sessionId, transport);
    response.on('close', () => streams.delete(transport.sessionId));
    await newServer().connect(transport);
  } else if (url.pathname === '/messages' && request.method === 'POST') {
    const transport = streams.get(url.searchParams.get('sessionId'));
    if (transport === undefined) response.writeHead(404).end('no such session');
    else await transport.handlePostMessage(request, response);
  } else if (url.pathname === '/mcp') await serveMcp(request, response);
  else response.writeHead(url.pathname === '/sse' ? 405 : 404).end();
}

async function serveMcp(request, response) {
  const id = request.headers['mcp-session-id'];
  const known = sessions.get(id);
  if (known !== undefined) {
    await known.handleRequest(request, response);
    return;
  }
  if (id !== undefined) {
    response.writeHead(404).end('no such session');
    return;
  }
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    onsessioninitialized: (session) => sessions.set(session, transport),
    onsessionclosed: (session) => sessions.delete(session),
  });
  await newServer().connect(transport);
  await transport.handleRequest(request, response);
}

const server = http.createServer((request, response) => {
  serve(request, response).catch(() => response.destroy());
});
tellWhenReady(server.listen(0, '127.0.0.1'));
