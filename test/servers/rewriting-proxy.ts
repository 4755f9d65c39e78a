import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { StringDecoder } from 'node:string_decoder';
import { startHttp, type SeenRequest } from './http.js';

/** Name and value as on the wire, in order; a name may stand twice. */
export type Headers = [name: string, value: string][];

/** A request on its way to the upstream; every field may be changed. */
export interface Rewritable {
  method: string;
  /** Path and query, byte by byte. */
  path: string;
  /** As the client sent them. The proxy's own host and origin become the upstream's afterwards. */
  headers: Headers;
  body: Buffer;
}

/** Sent instead of asking the upstream. */
export interface Reply {
  status: number;
  headers?: Headers;
  body?: string | Buffer;
}

/** The head of an answer on its way back. */
export interface RewritableResponse {
  status: number;
  headers: Headers;
  /** Set it to change the body: called for each piece as it comes, in UTF-8. */
  text?: (piece: string) => string;
  /** Ends the answer, whatever is still to come, after this many milliseconds. */
  endAfterMs?: number;
}

export interface RewritingOptions {
  /** Origin of the right server. */
  upstream: string;
  /** `'drop'` closes the connection without an answer. */
  request?: (request: Rewritable) => void | Reply | 'drop' | Promise<void | Reply | 'drop'>;
  /** `request` is the one the client sent, before `request` changed it. */
  response?: (response: RewritableResponse, request: Readonly<Rewritable>) => void;
}

export interface RewritingProxy {
  /** `http://127.0.0.1:<port>` */
  origin: string;
  /** Every request that arrived, in order. */
  seen: SeenRequest[];
  /** Cuts every open connection with a reset. */
  cut: () => void;
  close: () => Promise<void>;
}

/**
 * A reverse proxy before a right server that breaks one thing. It streams, adds nothing, and drops
 * nothing but hop-by-hop headers; whoever leaves the proxy leaves the upstream too.
 */
export async function startRewriting(options: RewritingOptions): Promise<RewritingProxy> {
  const fixture = await startHttp((request, response) => {
    forward(request, response, options).catch(() => response.destroy());
  });
  return { origin: fixture.url, seen: fixture.seen, cut: fixture.cut, close: fixture.close };
}

/** All values of a header, in order. */
export function valuesOf({ headers }: { headers: Headers }, name: string): string[] {
  return headers.filter(([key]) => is(key, name)).map(([, value]) => value);
}

/** The first value of a header. */
export function valueOf(message: { headers: Headers }, name: string): string | undefined {
  return valuesOf(message, name)[0];
}

/** Puts one header in place of all of that name; undefined takes them away. */
export function setValue(
  message: { headers: Headers },
  name: string,
  value: string | undefined,
): void {
  message.headers = message.headers.filter(([key]) => !is(key, name));
  if (value !== undefined) message.headers.push([name, value]);
}

/** The body as JSON; undefined when it is none. */
export function bodyOf(request: Readonly<Rewritable>): Record<string, unknown> | undefined {
  try {
    return JSON.parse(request.body.toString('utf8')) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

const is = (key: string, name: string) => key.toLowerCase() === name.toLowerCase();

async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  options: RewritingOptions,
): Promise<void> {
  const upstream = new URL(options.upstream);
  const sent = await toRewritable(request);
  const changed: Rewritable = { ...sent, headers: [...sent.headers] };
  const reply = await options.request?.(changed);
  if (reply === 'drop') return void request.socket.resetAndDestroy();
  if (reply !== undefined) return answer(response, reply);
  if (response.destroyed) return;
  const onward = http.request({
    host: upstream.hostname,
    port: upstream.port,
    agent: false,
    method: changed.method,
    path: changed.path,
    headers: onwardHeaders(changed, { own: request.socket.localPort ?? 0, upstream }).flat(),
  });
  response.on('close', () => onward.destroy());
  onward.on('error', () => response.destroy());
  onward.on('response', (incoming) => pass(incoming, response, { sent, options }));
  onward.end(changed.body);
}

async function toRewritable(request: IncomingMessage): Promise<Rewritable> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return {
    method: request.method ?? 'GET',
    path: request.url ?? '/',
    headers: toPairs(request.rawHeaders),
    body: Buffer.concat(chunks),
  };
}

function onwardHeaders(request: Rewritable, ports: { own: number; upstream: URL }): Headers {
  const hadBody = request.body.length > 0 || valueOf(request, 'content-length') !== undefined;
  const kept = request.headers
    .filter(([name]) => !HOP_BY_HOP.has(name.toLowerCase()))
    .map(([name, value]): [string, string] => {
      const isAddress = is(name, 'host') || is(name, 'origin');
      return [name, isAddress ? toUpstream(value, ports) : value];
    });
  if (valueOf(request, 'host') === undefined) kept.unshift(['Host', ports.upstream.host]);
  if (hadBody) kept.push(['Content-Length', String(request.body.length)]);
  return kept;
}

/** Another host's name stays, for the upstream to judge. */
function toUpstream(value: string, { own, upstream }: { own: number; upstream: URL }): string {
  const match = new RegExp(`^(https?://)?(127\\.0\\.0\\.1|localhost):${own}$`).exec(value);
  return match === null ? value : `${match[1] ?? ''}${match[2]}:${upstream.port}`;
}

function pass(
  incoming: IncomingMessage,
  response: ServerResponse,
  { sent, options }: { sent: Rewritable; options: RewritingOptions },
): void {
  const head: RewritableResponse = {
    status: incoming.statusCode ?? 502,
    headers: toPairs(incoming.rawHeaders).filter(
      ([name]) =>
        !is(name, 'connection') && !is(name, 'keep-alive') && !is(name, 'transfer-encoding'),
    ),
  };
  options.response?.(head, sent);
  const { text } = head;
  if (text !== undefined) setValue(head, 'content-length', undefined);
  response.writeHead(head.status, head.headers.flat());
  response.flushHeaders();
  if (head.endAfterMs !== undefined) {
    const timer = setTimeout(() => response.end(), head.endAfterMs);
    response.on('close', () => clearTimeout(timer));
  }
  const decoder = new StringDecoder('utf8');
  incoming.on('data', (chunk: Buffer) => {
    if (response.writableEnded) return;
    const piece = text === undefined ? chunk : text(decoder.write(chunk));
    if (response.write(piece)) return;
    incoming.pause();
    response.once('drain', () => incoming.resume());
  });
  incoming.on('end', () => response.end());
  incoming.on('close', () => {
    if (!incoming.complete) response.destroy();
  });
  incoming.on('error', () => response.destroy());
}

function answer(response: ServerResponse, { status, headers = [], body = '' }: Reply): void {
  const length: Headers = [['Content-Length', String(Buffer.byteLength(body))]];
  response.writeHead(status, [...headers, ...length].flat());
  response.end(body);
}

const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length']);

function toPairs(raw: readonly string[]): Headers {
  const pairs: Headers = [];
  for (let at = 0; at + 1 < raw.length; at += 2) pairs.push([raw[at] ?? '', raw[at + 1] ?? '']);
  return pairs;
}
