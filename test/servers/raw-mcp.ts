import type { IncomingMessage, ServerResponse } from 'node:http';
import { startHttp, type HttpFixture } from './http.js';

export interface RawRequest {
  id?: number | string;
  method: string;
  params?: Record<string, unknown>;
}

/** What a hostile server does with one message; undefined: it behaves. */
export type RawAnswer = (message: RawRequest, response: ServerResponse) => boolean | undefined;

/** A Streamable HTTP server written by hand, so that it can misbehave on any message. */
export function startRawHttp(
  answer: RawAnswer,
  onGet: (response: ServerResponse) => void = (response) => void response.writeHead(405).end(),
  port = 0,
): Promise<HttpFixture> {
  return startHttp(
    (request, response) => {
      if (request.method === 'GET') return onGet(response);
      if (request.method !== 'POST') return void response.writeHead(405).end();
      const serve = async () => {
        const message = await readMessage(request);
        if (answer(message, response) === true) return;
        if (message.id === undefined) response.writeHead(202).end();
        else sendJson(response, { jsonrpc: '2.0', id: message.id, ...behave(message) });
      };
      serve().catch(() => response.destroy());
    },
    undefined,
    port,
  );
}

/** A legacy SSE server written by hand: `onOpen` writes what it likes into the stream. */
export function startRawSse(
  onOpen: (response: ServerResponse) => void,
  answer: RawAnswer = () => undefined,
): Promise<HttpFixture> {
  let stream: ServerResponse | undefined;
  return startHttp((request, response) => {
    if (request.method === 'GET') {
      stream = response;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      onOpen(response);
      return;
    }
    const serve = async () => {
      const message = await readMessage(request);
      if (answer(message, response) === true) return;
      response.writeHead(202).end('Accepted');
      if (message.id === undefined) return;
      const data = JSON.stringify({ jsonrpc: '2.0', id: message.id, ...behave(message) });
      stream?.write(`event: message\ndata: ${data}\n\n`);
    };
    serve().catch(() => response.destroy());
  });
}

export function sendJson(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function behave({ method, params }: RawRequest): { result: unknown } | { error: unknown } {
  switch (method) {
    case 'initialize':
      return {
        result: {
          protocolVersion: params?.['protocolVersion'],
          capabilities: { tools: {} },
          serverInfo: { name: 'raw', version: '1' },
        },
      };
    case 'tools/list':
      return { result: { tools: [{ name: 'echo', inputSchema: { type: 'object' } }] } };
    case 'tools/call':
      return {
        result: { content: [{ type: 'text', text: JSON.stringify(params?.['arguments']) }] },
      };
    default:
      return { error: { code: -32_601, message: 'Method not found' } };
  }
}

async function readMessage(request: IncomingMessage): Promise<RawRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as RawRequest;
}
