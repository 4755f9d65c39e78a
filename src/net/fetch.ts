import { OstlerError } from '../core/errors.js';
import { registerHeaderSecret, registerSecret } from '../core/redact.js';
import { createRoutes } from './agents.js';
import { exchange } from './exchange.js';
import { nextRequest, redirectTarget } from './redirect.js';
import type { NetResponse } from './response.js';
import type { NetOptions, NetRequest } from './types.js';

/** `fetch` over node:http(s): the only way out of this process. Rejects with `OstlerError` only. */
export type NetFetch = (url: string | URL, init?: NetRequest) => Promise<NetResponse>;

/**
 * A fetch with fixed headers, certificate authorities and limits. Redirects are followed within
 * the origin only, so that no header leaves the origin it was sent to. A user name and password in
 * the URL become Basic authentication (RFC 7617), unless there is an Authorization header.
 */
export function createFetch(options: NetOptions = {}): NetFetch {
  const routeTo = createRoutes(options);
  return async (target, init = {}) => {
    const { url: start, authorization } = parseTarget(target);
    const own = authorization === undefined ? options : withAuthorization(options, authorization);
    let url = start;
    let request = init;
    for (let followed = 0; ; followed += 1) {
      const route = await routeTo(url);
      const response = await exchange({ url, init: request, options: own, route });
      const next = redirectTarget(response, url);
      if (next === undefined || request.redirect === 'manual') return response;
      await response.body.cancel();
      const { status } = response;
      request = nextRequest({ from: url, to: next, status, request, followed });
      url = next;
    }
  };
}

interface Target {
  /** Without user name and password, so that no error or response can show them. */
  url: URL;
  authorization?: string;
}

function parseTarget(target: string | URL): Target {
  if (typeof target === 'string' && !URL.canParse(target)) {
    throw new OstlerError('usage', 'Not a URL.');
  }
  const url = new URL(target);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new OstlerError(
      'usage',
      `Only http and https URLs can be fetched, not ${url.protocol}//.`,
    );
  }
  const { username, password } = url;
  if (username === '' && password === '') return { url };
  url.username = '';
  url.password = '';
  return { url, authorization: basic(decoded(username), decoded(password)) };
}

function basic(user: string, password: string): string {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  registerSecret(password);
  registerHeaderSecret(authorization);
  return authorization;
}

/** Percent-decoded where it can be; a stray `%` stands for itself. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function withAuthorization(options: NetOptions, authorization: string): NetOptions {
  return { ...options, headers: [['authorization', authorization], ...(options.headers ?? [])] };
}
