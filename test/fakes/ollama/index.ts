/**
 * Ollama's HTTP API on a real socket, refusals and failures included, without a model behind it.
 * `startFakeOllama()` answers the demo prompt by rules; `script(...)` says what comes next.
 */
import http from 'node:http';
import https from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ps, pull, show, tags } from './catalog.js';
import { handleChat } from './chat.js';
import { sendJson, sendRaw } from './exchange.js';
import { createState, type FakeState } from './state.js';
import type { FakeOllama, FakeOllamaOptions, RecordedRequest } from './types.js';
import { Refusal } from './validate.js';

export type * from './types.js';

export async function startFakeOllama(options: FakeOllamaOptions = {}): Promise<FakeOllama> {
  const state = createState(options);
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    void serve(state, request, response);
  };
  const server =
    options.tls === undefined
      ? http.createServer(listener)
      : https.createServer(options.tls, listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const scheme = options.tls === undefined ? 'http' : 'https';
  return {
    url: `${scheme}://127.0.0.1:${port}`,
    port,
    requests: state.requests,
    get chats() {
      return state.chats;
    },
    get lastPrompt() {
      return state.lastPrompt;
    },
    get loads() {
      return state.loads;
    },
    script: (...turns) => {
      state.turns.push(...turns);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(
  state: FakeState,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const record = recordOf(request, response);
  try {
    const text = await readAll(request);
    record.body = parsed(text);
    state.requests.push(record);
    await route(state, record, text, response);
  } catch (error) {
    if (response.headersSent || response.destroyed) response.destroy();
    else if (error instanceof Refusal) sendJson(response, error.status, { error: error.message });
    else sendJson(response, 500, { error: `fake: ${String(error)}` });
  }
}

function recordOf(request: IncomingMessage, response: ServerResponse): RecordedRequest {
  const over = new Promise<void>((resolve) => {
    response.once('close', () => {
      record.disconnected = !response.writableFinished;
      resolve();
    });
  });
  const record: RecordedRequest = {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    body: undefined,
    clientPort: request.socket.remotePort ?? 0,
    disconnected: false,
    over,
  };
  return record;
}

async function route(
  state: FakeState,
  record: RecordedRequest,
  text: string,
  response: ServerResponse,
): Promise<void> {
  const { requireHeader, intercept } = state.options;
  if (requireHeader !== undefined) {
    const [name, value] = requireHeader;
    if (record.headers[name.toLowerCase()] !== value) {
      return sendRaw(response, {
        status: 401,
        body: '<html><h1>401 Authorization Required</h1></html>',
      });
    }
  }
  const raw = intercept?.(record);
  if (raw !== undefined) return sendRaw(response, raw);
  if (!isLocalHost(record.headers.host ?? '')) return sendRaw(response, { status: 403 });
  switch (`${record.method === 'HEAD' ? 'GET' : record.method} ${record.path}`) {
    case 'GET /':
      return sendRaw(response, {
        status: 200,
        contentType: 'text/plain',
        body: 'Ollama is running',
      });
    case 'GET /api/version':
      return sendJson(response, 200, { version: state.options.version ?? '0.34.1' });
    case 'GET /api/tags':
      return sendJson(response, 200, tags(state));
    case 'GET /api/ps':
      return sendJson(response, 200, ps(state));
    case 'POST /api/show':
      return sendJson(response, 200, show(state, text));
    case 'POST /api/pull':
      return pull(state, text, response);
    case 'POST /api/chat':
      return handleChat(state, text, response);
    default:
      return sendRaw(response, {
        status: 404,
        contentType: 'text/plain',
        body: '404 page not found',
      });
  }
}

/** A server bound to loopback answers only to names of this machine. */
function isLocalHost(host: string): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(host);
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
