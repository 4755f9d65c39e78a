/**
 * One process, two remote servers behind a bearer token: legacy HTTP+SSE (/sse, /messages) and
 * Streamable HTTP (/mcp). The token comes from BENCH_TOKEN. Notes how often it was missing.
 */
const http = require('node:http');
const { randomUUID } = require('node:crypto');
const { answer, makeTools } = require('./answers.cjs');
const { readJson, serveParent } = require('./parent.cjs');

const expected = `Bearer ${process.env.BENCH_TOKEN}`;
const tools = makeTools(3);
const streams = new Map();
let notes = { requests: 0, refused: 0 };

function openStream(response) {
  const id = randomUUID();
  streams.set(id, response);
  response.on('close', () => streams.delete(id));
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  response.write(`event: endpoint\ndata: /messages?sessionId=${id}\n\n`);
}

async function postMessage(request, response, stream) {
  const message = await readJson(request);
  if (!stream) return void response.writeHead(404).end();
  response.writeHead(202).end('Accepted');
  const reply = answer(message, tools);
  if (reply) stream.write(`event: message\ndata: ${JSON.stringify(reply)}\n\n`);
}

async function streamable(request, response) {
  if (request.method === 'DELETE') return void response.writeHead(200).end();
  if (request.method !== 'POST') return void response.writeHead(405, { allow: 'POST' }).end();
  const message = await readJson(request);
  const reply = answer(message, tools);
  if (!reply) return void response.writeHead(202).end();
  const session = message.method === 'initialize' ? { 'mcp-session-id': randomUUID() } : {};
  response.writeHead(200, { 'content-type': 'application/json', ...session });
  response.end(JSON.stringify(reply));
}

async function handle(request, response) {
  const url = new URL(request.url, 'http://127.0.0.1');
  notes.requests += 1;
  if (request.headers.authorization !== expected) {
    notes.refused += 1;
    return void response.writeHead(401, { 'www-authenticate': 'Bearer' }).end();
  }
  if (url.pathname === '/mcp') return streamable(request, response);
  if (url.pathname === '/sse' && request.method === 'GET') return openStream(response);
  if (url.pathname === '/messages' && request.method === 'POST') {
    return postMessage(request, response, streams.get(url.searchParams.get('sessionId')));
  }
  response.writeHead(404).end();
}

const server = http.createServer((request, response) => {
  handle(request, response).catch(() => response.destroy());
});
serveParent(server, () => {
  const taken = notes;
  notes = { requests: 0, refused: 0 };
  return taken;
});
