import type { RemoteServer } from '../config/types.js';
import { OstlerError } from '../core/errors.js';
import { registerHeaderSecret } from '../core/redact.js';
import { VERSION } from '../core/version.js';
import { createAbort } from '../core/wait.js';
import { originOf } from '../net/address.js';
import { createFetch } from '../net/fetch.js';
import { headerPairs, NetHeaders } from '../net/headers.js';
import type { OnExchange } from '../net/observe.js';
import type { NetResponse } from '../net/response.js';
import type { NetRequest } from '../net/types.js';
import type { AuthGate } from './auth/gate.js';
import { httpError, withServer, type HttpAnswer } from './http-errors.js';

/** A fetch that belongs to one server: its headers go to its origin, and nothing goes anywhere else. */
export type ServerFetch = (url: string | URL, init?: NetRequest) => Promise<NetResponse>;

const NEVER = createAbort().signal;
/** Bytes of an error page that are read at all. */
const ERROR_BYTES = 64 * 1024;

/** A server that refuses what it was just given is not asked for ever: renewed, logged in, more scopes twice. */
const MAX_MENDED = 4;

export interface ServerFetchOptions {
  onExchange?: OnExchange | undefined;
  /** The way to tokens of our own; left out, there are none. */
  auth?: AuthGate | undefined;
}

/**
 * The server's fetch. 401 and 403 are rejected as `auth_required`, `auth_rejected`, `forbidden`;
 * before that, a 401 has the secret commands run once more and is tried again once, or a token is got
 * by OAuth. Other statuses are the caller's. Bodies have no cap here: an event stream is long, its
 * events are capped.
 */
export function createServerFetch(
  server: RemoteServer,
  { onExchange, auth }: ServerFetchOptions = {},
): ServerFetch {
  const { origin } = new URL(server.url);
  const run = createFetch({
    ca: server.ca,
    insecure: server.insecure,
    maxBodyBytes: Infinity,
    onExchange,
    label: { kind: 'mcp', server: server.id },
  });
  let own = server.headers;

  const send = (url: string | URL, init: NetRequest, token: Headers = []) => {
    const headers = new NetHeaders([['user-agent', `ostler/${VERSION}`]]);
    for (const [name, value] of own) headers.set(name, value);
    for (const [name, value] of headerPairs(init.headers)) headers.set(name, value);
    for (const [name, value] of token) headers.set(name, value);
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

  /** With the token there is; after a refusal with the one there was to get. */
  const authorized = async (gate: AuthGate, url: string | URL, init: NetRequest) => {
    const { method = 'GET', signal: given } = init;
    const request = { url: new URL(url), method, signal: given ?? NEVER };
    let authorizer = await gate.existing();
    for (let mended = 0; ; mended += 1) {
      const carried = await authorizer?.headersFor(request);
      const response = await send(url, init, carried?.headers);
      const refused = response.status === 401 || response.status === 403;
      // The end of a session is no reason to ask a person for a login.
      if (refused && method === 'DELETE') return response;
      if (response.status === 401) authorizer ??= await gate.required();
      const again = await authorizer?.answered(response, { ...request, token: carried?.token });
      if (!refused || again !== true || mended === MAX_MENDED) return response;
      await response.body.cancel();
    }
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
      let response = auth === undefined ? await send(url, init) : await authorized(auth, url, init);
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
