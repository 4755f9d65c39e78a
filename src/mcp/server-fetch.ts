import type { RemoteServer } from '../config/types.js';
import { OstlerError } from '../core/errors.js';
import { registerHeaderSecret } from '../core/redact.js';
import { VERSION } from '../core/version.js';
import { originOf } from '../net/address.js';
import { createFetch } from '../net/fetch.js';
import { headerPairs, NetHeaders } from '../net/headers.js';
import type { OnExchange } from '../net/observe.js';
import type { NetResponse } from '../net/response.js';
import type { NetRequest } from '../net/types.js';
import { httpError, withServer, type HttpAnswer } from './http-errors.js';

/** A fetch that belongs to one server: its headers go to its origin, and nothing goes anywhere else. */
export type ServerFetch = (url: string | URL, init?: NetRequest) => Promise<NetResponse>;

/** Bytes of an error page that are read at all. */
const ERROR_BYTES = 64 * 1024;

/**
 * The server's fetch. 401 and 403 are rejected as `auth_required`, `auth_rejected`, `forbidden`;
 * before that, a 401 has the secret commands run once more and is tried again once. Other statuses
 * are the caller's. Bodies have no cap here: an event stream is long, its events are capped.
 */
export function createServerFetch(server: RemoteServer, onExchange?: OnExchange): ServerFetch {
  const { origin } = new URL(server.url);
  const run = createFetch({
    ca: server.ca,
    insecure: server.insecure,
    maxBodyBytes: Infinity,
    onExchange,
    label: { kind: 'mcp', server: server.id },
  });
  let own = server.headers;

  const send = (url: string | URL, init: NetRequest) => {
    const headers = new NetHeaders([['user-agent', `ostler/${VERSION}`]]);
    for (const [name, value] of own) headers.set(name, value);
    for (const [name, value] of headerPairs(init.headers)) headers.set(name, value);
    return run(url, { ...init, headers });
  };

  const refreshed = async (): Promise<boolean> => {
    const before = own;
    const next = await server.refreshHeaders?.();
    if (next === undefined || sameHeaders(before, next)) return false;
    const known = new Set(before.map(([, value]) => value));
    for (const [, value] of next) if (!known.has(value)) registerHeaderSecret(value);
    own = next;
    return true;
  };

  return async (url, init = {}) => {
    if (new URL(url).origin !== origin) {
      throw new OstlerError(
        'cross_origin_redirect',
        `${server.id} points to ${originOf(url)}; not followed, its credentials are for ${origin}.`,
        { server: server.id },
      );
    }
    try {
      let response = await send(url, init);
      if (response.status === 401 && (await refreshed())) {
        await response.body.cancel();
        response = await send(url, init);
      }
      if (response.status !== 401 && response.status !== 403) return response;
      throw httpError(server, await answerOf(response));
    } catch (error) {
      throw error instanceof OstlerError ? withServer(error, server.id) : error;
    }
  };
}

/** A refused response, its body read as far as errors need it. */
export async function answerOf(response: NetResponse): Promise<HttpAnswer> {
  return {
    status: response.status,
    statusText: response.statusText,
    headers: response.headers,
    excerpt: await response.excerpt(ERROR_BYTES),
  };
}

type Headers = RemoteServer['headers'];

function sameHeaders(a: Headers, b: Headers): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
