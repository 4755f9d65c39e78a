import http from 'node:http';
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import type { Socket } from 'node:net';
import { MAX_TIMER_MS } from '../core/clock.js';
import { abortError, OstlerError } from '../core/errors.js';
import { tracer, type HttpTrace } from '../core/trace.js';
import { isLoopback, originOf } from './address.js';
import type { Route } from './agents.js';
import { decodeBody } from './decode.js';
import { toNetError } from './failure.js';
import { headerPairs, NetHeaders, rawPairs } from './headers.js';
import { observeExchange } from './observe.js';
import { NetResponse } from './response.js';
import type { NetOptions, NetRequest } from './types.js';

export interface Exchange {
  url: URL;
  init: NetRequest;
  options: NetOptions;
  route: Route;
}

const DEFAULT_CONNECT_MS = 10_000;
const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;

/** One request and its response on the wire, redirects not looked at. Rejects with `OstlerError` only. */
export async function exchange(parts: Exchange): Promise<NetResponse> {
  const { url, init, options, route } = parts;
  const { request: open } = url.protocol === 'http:' ? http : await import('node:https');
  if (init.signal?.aborted) throw abortError(init.signal);
  let trace: HttpTrace | undefined;
  try {
    const request = open(url, requestOptions(parts));
    trace = traceRequest(request, parts);
    if (options.onExchange) observeExchange(request, { url, body: init.body }, options.onExchange);
    const answer = answerTo(request, parts);
    request.end(init.body ?? undefined);
    const message = await answer;
    trace?.response({
      status: message.statusCode ?? 0,
      statusText: message.statusMessage ?? '',
      headers: rawPairs(message.rawHeaders),
    });
    const isHead = request.method === 'HEAD';
    const body = isHead ? message : await decodeBody(message, originOf(url));
    const maxBytes = options.maxBodyBytes ?? DEFAULT_MAX_BYTES;
    return new NetResponse({ message, body, url: url.href, maxBytes, trace });
  } catch (error) {
    const failure = toNetError(error, url, route.proxy);
    trace?.fail(failure);
    throw failure;
  }
}

function traceRequest(request: ClientRequest, { url, init, options }: Exchange) {
  return tracer()?.http({
    label: options.label,
    method: request.method,
    url: url.href,
    headers: request.getRawHeaderNames().map((name) => [name, String(request.getHeader(name))]),
    body: init.body,
  });
}

/** The response's headers. The signal and the clocks end the request, the signal its body too. */
function answerTo(
  request: ClientRequest,
  { url, init, options, route }: Exchange,
): Promise<IncomingMessage> {
  const signal = init.signal ?? undefined;
  return new Promise((resolve, reject) => {
    let response: IncomingMessage | undefined;
    // Rejected here and not by the request's own error: before it has a socket, it has no way to fail.
    const end = (error: OstlerError) => {
      release();
      response?.destroy(error);
      request.destroy(error);
      reject(error);
    };
    const clock = createClock((ms, what) =>
      end(new OstlerError('timeout', `${originOf(url)} ${what} within ${ms / 1000} s.`)),
    );
    const onAbort = () => signal && end(abortError(signal));
    const release = () => {
      clock.stop();
      signal?.removeEventListener('abort', onAbort);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    clock.start(options.connectTimeoutMs ?? DEFAULT_CONNECT_MS, 'did not accept the connection');
    request.on('socket', (socket) =>
      onceConnected(socket, () => clock.start(options.headersTimeoutMs, 'did not answer')),
    );
    // Emitted by https-proxy-agent, which otherwise passes the proxy's refusal off as the server's.
    request.on('proxyConnect', ({ statusCode }: { statusCode: number }) => {
      if (statusCode !== 200) end(refusedByProxy(url, route.proxy, statusCode));
    });
    request.on('error', (error) => {
      release();
      reject(error);
    });
    request.on('response', (message) => {
      response = message;
      clock.stop();
      message.once('close', release);
      resolve(message);
    });
  });
}

interface Clock {
  /** Starts anew; `undefined` and `Infinity` only stop it. */
  start: (ms: number | undefined, what: string) => void;
  stop: () => void;
}

function createClock(onTime: (ms: number, what: string) => void): Clock {
  let timer: NodeJS.Timeout | undefined;
  const stop = () => clearTimeout(timer);
  return {
    stop,
    start(ms, what) {
      stop();
      if (ms === undefined || !Number.isFinite(ms)) return;
      timer = setTimeout(() => onTime(ms, what), Math.min(ms, MAX_TIMER_MS));
    },
  };
}

/** Calls back when the connection stands, TLS included; at once for one that is used again. */
function onceConnected(socket: Socket & { secureConnecting?: boolean }, then: () => void): void {
  if ('secureConnecting' in socket) {
    if (socket.connecting || socket.secureConnecting) socket.once('secureConnect', then);
    else then();
  } else if (socket.connecting) socket.once('connect', then);
  else then();
}

function refusedByProxy(url: URL, proxy: string | undefined, status: number): OstlerError {
  const through = proxy === undefined ? 'The proxy' : `The proxy ${originOf(proxy)}`;
  return new OstlerError(
    'server_unreachable',
    `${through} refuses the way to ${originOf(url)} (HTTP ${status}).`,
    {
      hint:
        status === 407
          ? 'Put the user name and password into the proxy variable: http://user:password@host:port'
          : 'Check HTTPS_PROXY, or list the host in NO_PROXY.',
    },
  );
}

function requestOptions({ url, init, options, route }: Exchange): RequestOptions {
  const headers = new NetHeaders([['accept-encoding', 'identity']]);
  for (const [name, value] of options.headers ?? []) headers.set(name, value);
  for (const [name, value] of headerPairs(init.headers)) headers.set(name, value);
  const { body } = init;
  if (body !== undefined && body !== null && !headers.has('content-length')) {
    headers.set('content-length', String(Buffer.byteLength(body)));
  }
  return {
    method: (init.method ?? 'GET').toUpperCase(),
    headers: headers.toWire(),
    agent: route.agent,
    ...(options.lookup === undefined || route.proxy !== undefined
      ? {}
      : { lookup: options.lookup }),
    autoSelectFamily: true,
    // 250 ms a try is too short behind a slow first address (nodejs/node#54359).
    autoSelectFamilyAttemptTimeout: isLoopback(url.hostname) ? 250 : 1000,
  } as RequestOptions;
}
