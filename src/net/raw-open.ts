import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import type { Readable } from 'node:stream';
import { now } from '../core/clock.js';
import { abortError, OstlerError, type ErrorCode } from '../core/errors.js';
import { redact } from '../core/redact.js';
import { tracer, type HttpTrace } from '../core/trace.js';
import { isLoopback, originOf } from './address.js';
import { decodeBody } from './decode.js';
import { toBodyError, toNetError } from './failure.js';
import { rawPairs } from './headers.js';
import { rawRoute, type RawRoute } from './raw-agent.js';
import type { RawOptions, RawRequest, RawStream } from './raw-types.js';

const DEFAULT_MS = 10_000;

/**
 * Sends a request and returns when the headers of its answer are there, the body to be read. The
 * signal ends it at any time; before the headers it rejects with the signal's reason, and for
 * nothing else.
 */
export async function openRaw(request: RawRequest, options: RawOptions): Promise<RawStream> {
  const { signal } = options;
  if (signal.aborted) throw abortError(signal);
  const started = now();
  const trace = traceRaw(request);
  let route: RawRoute | undefined;
  try {
    route = await rawRoute(request);
    const message = await answerTo(request, route, options);
    return await toStream(message, { request, route, signal, trace, headersMs: now() - started });
  } catch (error) {
    route?.release();
    const failure = signal.aborted ? abortError(signal) : failureOf(error, request, route?.proxy);
    trace?.fail(failure);
    if (signal.aborted) throw failure;
    return noAnswer(failure, now() - started);
  }
}

function traceRaw(request: RawRequest): HttpTrace | undefined {
  const { origin, method, path, body } = request;
  return tracer()?.http({
    label: { kind: 'mcp', server: origin.host },
    method,
    url: `${originOf(origin)}${path}`,
    headers: rawPairs(wireHeaders(request)),
    body,
  });
}

/** Resolves with the response; the clock covers the connection and the headers. */
function answerTo(
  request: RawRequest,
  route: RawRoute,
  { signal, timeoutMs = DEFAULT_MS }: RawOptions,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const client = write(request, route);
    let connected = false;
    const end = (error: OstlerError) => {
      client.destroy();
      settle(() => reject(error));
    };
    const onAbort = () => end(abortError(signal));
    const timer = setTimeout(() => {
      const what = connected ? 'No answer' : 'The connection was not accepted';
      end(new OstlerError('timeout', `${what} within ${timeoutMs / 1000} s.`));
    }, timeoutMs);
    const settle = (finish: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      finish();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    client.on('socket', (socket) => {
      if (!socket.connecting) connected = true;
      else socket.once('connect', () => (connected = true));
    });
    client.on('proxyConnect', ({ statusCode }: { statusCode: number }) => {
      if (statusCode === 200) return;
      const why = `The proxy refuses the way to ${originOf(request.origin)} (HTTP ${statusCode}).`;
      end(new OstlerError('server_unreachable', why));
    });
    // Stays on: a connection may break after the answer too, and that is the body's affair.
    client.on('error', (error) => settle(() => reject(error)));
    client.on('response', (message) => settle(() => resolve(message)));
  });
}

/** Writes the request; throws for what cannot be sent, such as a line feed in a header. */
function write(request: RawRequest, route: RawRoute): ClientRequest {
  const { method, body, origin } = request;
  const options: RequestOptions = {
    path: request.path,
    ...route.options,
    method,
    headers: [...wireHeaders(request), ...route.headers],
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: isLoopback(origin.hostname) ? 250 : 1000,
  } as RequestOptions;
  const client = route.open(options);
  if (method !== method.toUpperCase()) keepCase(client, method);
  client.end(body);
  return client;
}

/** Node writes every method in capitals; the request line stands in its private `_header`. */
function keepCase(client: ClientRequest, method: string): void {
  const head: unknown = Reflect.get(client, '_header');
  const line = `${method.toUpperCase()} `;
  if (typeof head !== 'string' || !head.startsWith(line)) {
    client.destroy();
    throw new OstlerError('config_invalid', 'A method in lower case cannot be sent by this Node.');
  }
  Reflect.set(client, '_header', `${method} ${head.slice(line.length)}`);
}

/** Flat, as Node takes repeated names: `Host` first, and a length where there is a body or could be one. */
function wireHeaders({ origin, method, headers, body }: RawRequest): string[] {
  const given = new Set(headers.map(([name]) => name.toLowerCase()));
  const lines: string[] = given.has('host') ? [] : ['Host', origin.host];
  for (const [name, value] of headers) lines.push(name, value);
  const sized = given.has('content-length') || given.has('transfer-encoding');
  if (!sized && (body !== undefined || /^(?:POST|PUT|PATCH)$/i.test(method))) {
    lines.push('Content-Length', String(body?.length ?? 0));
  }
  return lines;
}

interface Opened {
  request: RawRequest;
  route: RawRoute;
  signal: AbortSignal;
  trace: HttpTrace | undefined;
  headersMs: number;
}

async function toStream(message: IncomingMessage, opened: Opened): Promise<RawStream> {
  const { request, route, signal, trace, headersMs } = opened;
  const head = {
    status: message.statusCode ?? 0,
    statusText: message.statusMessage ?? '',
    headers: rawPairs(message.rawHeaders),
  };
  trace?.response(head);
  const isHead = request.method.toUpperCase() === 'HEAD';
  const body: Readable = isHead ? message : await decodeBody(message, originOf(request.origin));
  let failure: OstlerError | undefined;
  let closed = false;
  const close = () => {
    closed = true;
    trace?.end(true);
    signal.removeEventListener('abort', close);
    body.destroy();
    message.destroy();
    route.release();
  };
  // A stream nobody reads yet may break all the same.
  body.on('error', () => {});
  if (signal.aborted) close();
  else signal.addEventListener('abort', close, { once: true });
  return {
    ...head,
    headersMs,
    get problem() {
      return failure === undefined ? undefined : redact(failure.message);
    },
    get code() {
      return failure?.code;
    },
    async *chunks() {
      try {
        const pieces: AsyncIterable<Uint8Array> = body;
        for await (const chunk of pieces) {
          trace?.chunk(chunk);
          yield chunk;
        }
        trace?.end();
      } catch (error) {
        if (!closed) failure = toBodyError(error, request.origin);
        if (failure !== undefined) trace?.fail(failure);
      } finally {
        close();
      }
    },
    close,
  };
}

/** Node's own messages may quote what was sent; none of them is repeated. */
function failureOf(error: unknown, { origin }: RawRequest, proxy?: string): OstlerError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ERR_UNESCAPED_CHARACTERS') {
    return new OstlerError('config_invalid', 'The path has a character that HTTP does not allow.');
  }
  if (
    code === 'ERR_INVALID_HTTP_TOKEN' &&
    error instanceof Error &&
    error.message.startsWith('Method')
  ) {
    return new OstlerError('config_invalid', 'The method is none that HTTP allows.');
  }
  return toNetError(error, origin, proxy);
}

function noAnswer(failure: { message: string; code: ErrorCode }, headersMs: number): RawStream {
  return {
    status: 0,
    statusText: '',
    headers: [],
    headersMs,
    problem: redact(failure.message),
    code: failure.code,
    // oxlint-disable-next-line no-empty-function -- there is no body
    async *chunks() {},
    close() {},
  };
}
