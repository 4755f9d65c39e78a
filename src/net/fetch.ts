import http from 'node:http';
import type { Agent, ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import type { Readable } from 'node:stream';
import { abortError, OstlerError } from '../core/errors.js';
import { isLoopback, originOf } from './address.js';
import { toNetError } from './failure.js';
import { headerPairs, NetHeaders } from './headers.js';
import { proxyFor } from './proxy.js';
import { NetResponse } from './response.js';
import type { NetOptions, NetRequest } from './types.js';

/** `fetch` over node:http(s): the only way out of this process. Rejects with `OstlerError` only. */
export type NetFetch = (url: string | URL, init?: NetRequest) => Promise<NetResponse>;

const MAX_REDIRECTS = 5;
const DEFAULT_CONNECT_MS = 10_000;
const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;

/**
 * A fetch with fixed headers, certificate authorities and limits. Redirects are followed within
 * the origin only; header values never leave the origin they were given for.
 */
export function createFetch(options: NetOptions = {}): NetFetch {
  const agents = createAgents(options);
  const run: NetFetch = async (target, init = {}) => {
    let url = parseUrl(target);
    let request = init;
    for (let hop = 0; ; hop += 1) {
      const response = await send(url, request, options, await agents(url));
      const next = redirectTarget(response, url);
      if (next === undefined || request.redirect === 'manual') return response;
      await response.body.cancel();
      request = checkRedirect(url, next, response.status, { ...request }, hop);
      url = next;
    }
  };
  return run;
}

function parseUrl(target: string | URL): URL {
  const url =
    typeof target === 'string' ? (URL.canParse(target) ? new URL(target) : undefined) : target;
  if (url === undefined) throw new OstlerError('usage', 'Not a URL.');
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new OstlerError(
      'usage',
      `Only http and https URLs can be fetched, not ${url.protocol}//.`,
    );
  }
  return url;
}

/** Agents are made at their first use and kept: one for http, one for https, or one a proxied origin. */
function createAgents(options: NetOptions): (url: URL) => Promise<Agent> {
  const made = new Map<string, Promise<Agent>>();
  return (url) => {
    const proxy = proxyFor(url, process.env);
    const key = proxy === undefined ? url.protocol : `${proxy} ${url.origin}`;
    const agent = made.get(key) ?? createAgent(url, proxy, options);
    made.set(key, agent);
    return agent;
  };
}

async function createAgent(
  url: URL,
  proxy: string | undefined,
  options: NetOptions,
): Promise<Agent> {
  if (proxy === undefined && url.protocol === 'http:') return new http.Agent({ keepAlive: true });
  const tls: { ca?: string[]; rejectUnauthorized?: boolean } = {};
  if (options.insecure === true) tls.rejectUnauthorized = false;
  if (options.ca !== undefined) {
    const { rootCertificates } = await import('node:tls');
    tls.ca = [...rootCertificates, options.ca];
  }
  if (proxy !== undefined) {
    const { createProxyAgent } = await import('./proxy.js');
    return createProxyAgent(url, proxy, tls);
  }
  const https = await import('node:https');
  return new https.Agent({ keepAlive: true, ...tls });
}

/** Where the response points to, or undefined when it is no redirect. */
function redirectTarget(response: NetResponse, from: URL): URL | undefined {
  if (![301, 302, 303, 307, 308].includes(response.status)) return undefined;
  const location = response.headers.get('location');
  return location !== null && URL.canParse(location, from.href)
    ? new URL(location, from)
    : undefined;
}

/** The request for the next hop, or an error: only the same origin may see what was meant for it. */
function checkRedirect(
  from: URL,
  to: URL,
  status: number,
  request: NetRequest,
  hop: number,
): NetRequest {
  const upgrade =
    from.protocol === 'http:' &&
    to.protocol === 'https:' &&
    from.hostname === to.hostname &&
    from.port === '' &&
    to.port === '';
  if (!upgrade && (from.origin !== to.origin || to.username !== '')) {
    throw new OstlerError(
      'cross_origin_redirect',
      `${originOf(from)} redirects to ${originOf(to)} (HTTP ${status}); not followed, because the credentials and the request are meant for the first.`,
      { status, hint: `If you trust it, use a URL on ${originOf(to)} directly.` },
    );
  }
  if (hop >= MAX_REDIRECTS) {
    throw new OstlerError(
      'server_failed',
      `${originOf(from)} redirects more than ${MAX_REDIRECTS} times.`,
      { status },
    );
  }
  const method = (request.method ?? 'GET').toUpperCase();
  if (status === 303 && method !== 'HEAD') return { ...request, method: 'GET', body: null };
  if ((status === 301 || status === 302) && method === 'POST') {
    throw new OstlerError(
      'server_failed',
      `${originOf(from)} answers a POST with a redirect (HTTP ${status}) that would turn it into a GET.`,
      { status, hint: `Use the URL it points to: ${originOf(to)}${to.pathname}` },
    );
  }
  return request;
}

/** One request on the wire, without redirects. */
function send(url: URL, init: NetRequest, options: NetOptions, agent: Agent): Promise<NetResponse> {
  const { signal } = init;
  if (signal?.aborted) return Promise.reject(abortError(signal));
  return new Promise((resolve, reject) => {
    void openRequest(url, requestOptions(url, init, options, agent)).then(
      (request) => {
        let response: IncomingMessage | undefined;
        let timer: NodeJS.Timeout | undefined;
        const clock = (ms: number | undefined, what: string) => {
          clearTimeout(timer);
          if (ms === undefined || !Number.isFinite(ms)) return;
          timer = setTimeout(() => {
            request.destroy(
              new OstlerError('timeout', `${originOf(url)} ${what} within ${ms / 1000} s.`),
            );
          }, ms);
        };
        const onAbort = () => {
          const error = abortError(signal as AbortSignal);
          response?.destroy(error);
          request.destroy(error);
        };
        const done = () => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', onAbort);
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        clock(options.connectTimeoutMs ?? DEFAULT_CONNECT_MS, 'did not accept the connection');
        request.on('socket', (socket) => {
          const connected = () => clock(options.headersTimeoutMs, 'did not answer');
          if (socket.connecting)
            socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', connected);
          else connected();
        });
        request.on('error', (error) => {
          done();
          reject(toNetError(error, url));
        });
        request.on('response', (message) => {
          response = message;
          clearTimeout(timer);
          message.once('close', done);
          decode(message).then(
            (body) =>
              resolve(
                new NetResponse(message, body, url.href, options.maxBodyBytes ?? DEFAULT_MAX_BYTES),
              ),
            reject,
          );
        });
        request.end(init.body ?? undefined);
      },
      (error: unknown) => reject(toNetError(error, url)),
    );
  });
}

async function openRequest(url: URL, options: RequestOptions): Promise<ClientRequest> {
  if (url.protocol === 'http:') return http.request(url, options);
  const https = await import('node:https');
  return https.request(url, options);
}

function requestOptions(
  url: URL,
  init: NetRequest,
  options: NetOptions,
  agent: Agent,
): RequestOptions {
  const headers = new NetHeaders();
  headers.set('accept-encoding', 'identity');
  for (const [name, value] of options.headers ?? []) headers.set(name, value);
  for (const [name, value] of headerPairs(init.headers)) headers.set(name, value);
  const { body } = init;
  if (body !== undefined && body !== null && !headers.has('content-length')) {
    headers.set('content-length', String(Buffer.byteLength(body)));
  }
  return {
    method: (init.method ?? 'GET').toUpperCase(),
    headers: headers.toWire(),
    agent,
    autoSelectFamily: true,
    // 250 ms a try is too short behind a slow first address (nodejs/node#54359).
    autoSelectFamilyAttemptTimeout: isLoopback(url.hostname) ? 250 : 1000,
  } as RequestOptions;
}

/** The decoded body. Compressed answers come only from servers that ignore `Accept-Encoding: identity`. */
async function decode(message: IncomingMessage): Promise<Readable> {
  const encoding = (message.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity' || encoding === '') return message;
  const { createBrotliDecompress, createGunzip, createInflate } = await import('node:zlib');
  const { pipeline } = await import('node:stream');
  const decoder =
    encoding === 'gzip' || encoding === 'x-gzip'
      ? createGunzip()
      : encoding === 'deflate'
        ? createInflate()
        : encoding === 'br'
          ? createBrotliDecompress()
          : undefined;
  if (decoder === undefined) {
    message.destroy();
    throw new OstlerError('server_failed', `The answer has an unknown Content-Encoding.`);
  }
  return pipeline(message, decoder, () => {});
}
