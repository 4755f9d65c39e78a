import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SampleServer } from '../../../src/serve/types.js';

/** A client that speaks the wire by hand, so that it can say what no library would. */
export interface RawRequest {
  method?: string;
  path?: string;
  /** Name and value pairs, sent as they are; `Host` is added unless there is one. */
  headers?: readonly (readonly [string, string])[];
  body?: string | Buffer;
  /** The headers never end. */
  unfinished?: boolean;
}

export interface RawAnswer {
  status: number;
  headers: Record<string, string>;
  text: string;
  /** Everything, head included. */
  wire: string;
}

export interface RawStream {
  answer: Promise<RawAnswer>;
  /** What arrived so far, head included. */
  seen: () => string;
  /** Resolves with the first match; fails after 10 s. */
  until: (pattern: RegExp) => Promise<RegExpExecArray>;
  readonly ended: boolean;
  /** More of the body. */
  write: (text: string) => void;
  /** Stops reading. */
  pause: () => void;
  close: () => void;
}

function head(server: SampleServer, request: RawRequest, close: boolean): string {
  const { method = 'GET', path = '/', headers = [], body } = request;
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  const lines = [`${method} ${path} HTTP/1.1`];
  if (!names.has('host')) lines.push(`Host: 127.0.0.1:${server.port}`);
  for (const [name, value] of headers) lines.push(`${name}: ${value}`);
  if (body !== undefined && !names.has('content-length') && !names.has('transfer-encoding')) {
    lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
  }
  if (close) lines.push('Connection: close');
  return `${lines.join('\r\n')}\r\n${request.unfinished === true ? '' : '\r\n'}`;
}

/** Opens a request and leaves it open. */
export function open(server: SampleServer, request: RawRequest, close = false): RawStream {
  const socket = net.connect(server.port, '127.0.0.1');
  const chunks: Buffer[] = [];
  let ended = false;
  socket.on('data', (chunk) => {
    chunks.push(chunk);
    // The SDK says keep-alive whatever the client asked for.
    if (close && isWhole(seen())) socket.end();
  });
  socket.on('error', () => {});
  socket.write(head(server, request, close), 'latin1');
  if (request.body !== undefined) socket.write(request.body);
  const seen = () => Buffer.concat(chunks).toString('utf8');
  const answer = new Promise<RawAnswer>((resolve) => {
    socket.once('close', () => {
      ended = true;
      resolve(parse(seen()));
    });
  });
  return {
    answer,
    seen,
    async until(pattern) {
      for (const deadline = Date.now() + 10_000; Date.now() < deadline; await sleep(10)) {
        const match = pattern.exec(seen());
        if (match !== null) return match;
      }
      throw new Error(`never saw ${pattern} in ${JSON.stringify(seen())}`);
    },
    get ended() {
      return ended;
    },
    write: (text) => void socket.write(text),
    pause: () => void socket.pause(),
    close: () => socket.destroy(),
  };
}

/** One request on a connection of its own. */
export function send(server: SampleServer, request: RawRequest): Promise<RawAnswer> {
  return open(server, request, true).answer;
}

/** True when a final answer is there to its end, by its length or its last chunk. */
function isWhole(wire: string): boolean {
  const { status, headers, text } = parse(wire);
  if (!wire.includes('\r\n\r\n') || status < 200) return false;
  if (headers['transfer-encoding'] === 'chunked') return text.endsWith('0\r\n\r\n');
  return Buffer.byteLength(text) >= Number(headers['content-length'] ?? Infinity);
}

function parse(wire: string): RawAnswer {
  const split = wire.indexOf('\r\n\r\n');
  const [status = '', ...lines] = wire.slice(0, split).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  return { status: Number(status.split(' ')[1]), headers, text: wire.slice(split + 4), wire };
}

export const bearer = (token: string) => ['Authorization', `Bearer ${token}`] as const;
export const json = ['Content-Type', 'application/json'] as const;
export const accept = ['Accept', 'application/json, text/event-stream'] as const;

export const rpc = (method: string, params: object = {}, id?: number) =>
  JSON.stringify({ jsonrpc: '2.0', ...(id === undefined ? {} : { id }), method, params });

export const initialize = rpc(
  'initialize',
  {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'raw', version: '1' },
  },
  0,
);

/** A legacy session, handshake done. */
export async function openSse(server: SampleServer, token: string) {
  const stream = open(server, { path: '/sse', headers: [bearer(token)] });
  const endpoint = (await stream.until(/event: endpoint\ndata: (\S+)\n/))[1] ?? '';
  const post = (body: string | Buffer, as = token) =>
    send(server, { method: 'POST', path: endpoint, headers: [bearer(as), json], body });
  await post(initialize);
  await stream.until(/"id":0/);
  await post(rpc('notifications/initialized'));
  return { stream, endpoint, post };
}

/** A Streamable HTTP session, handshake done. */
export async function openMcp(server: SampleServer, token: string) {
  const begun = await send(server, {
    method: 'POST',
    path: '/mcp',
    headers: [bearer(token), json, accept],
    body: initialize,
  });
  const id = begun.headers['mcp-session-id'] ?? '';
  const as = (other: string) => [bearer(other), json, accept, ['Mcp-Session-Id', id]] as const;
  const post = (body: string, other = token) =>
    send(server, { method: 'POST', path: '/mcp', headers: as(other), body });
  await post(rpc('notifications/initialized'));
  return { id, begun, post, headers: as };
}
