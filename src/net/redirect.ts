import { OstlerError } from '../core/errors.js';
import { originOf } from './address.js';
import { NetHeaders } from './headers.js';
import type { NetResponse } from './response.js';
import type { NetRequest } from './types.js';

/** One redirect, as the rule has to judge it. */
export interface Hop {
  from: URL;
  to: URL;
  status: number;
  request: NetRequest;
  /** Redirects followed before this one. */
  followed: number;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MAX_REDIRECTS = 5;

/** Where the response points to, or undefined when it is no redirect. */
export function redirectTarget({ status, headers }: NetResponse, from: URL): URL | undefined {
  if (!REDIRECTS.has(status)) return undefined;
  const location = headers.get('location');
  return location !== null && URL.canParse(location, from.href)
    ? new URL(location, from)
    : undefined;
}

/** The request for the next hop, or an error: only the same origin may see what was meant for it. */
export function nextRequest({ from, to, status, request, followed }: Hop): NetRequest {
  const origin = originOf(from);
  if (request.redirect === 'error') {
    throw new OstlerError('server_failed', `${origin} answers with a redirect (HTTP ${status}).`, {
      status,
    });
  }
  if (from.origin !== to.origin && !isUpgrade(from, to)) throw crossOrigin(from, to, status);
  if (to.username !== '' || to.password !== '') {
    throw new OstlerError(
      'cross_origin_redirect',
      `${origin} redirects to a URL with credentials of its own (HTTP ${status}); not followed.`,
      { status },
    );
  }
  if (followed >= MAX_REDIRECTS) {
    throw new OstlerError(
      'server_failed',
      `${origin} redirects more than ${MAX_REDIRECTS} times.`,
      { status },
    );
  }
  const method = (request.method ?? 'GET').toUpperCase();
  if (status === 303 && method !== 'HEAD') return asGet(request);
  if ((status === 301 || status === 302) && method === 'POST') {
    throw new OstlerError(
      'server_failed',
      `${origin} answers a POST with a redirect (HTTP ${status}) that would turn it into a GET.`,
      { status, hint: `Use the URL it points to: ${originOf(to)}${to.pathname}` },
    );
  }
  return request;
}

/** From http to https of the same host, both on their default ports. */
function isUpgrade(from: URL, to: URL): boolean {
  return (
    from.protocol === 'http:' &&
    to.protocol === 'https:' &&
    from.hostname === to.hostname &&
    from.port === '' &&
    to.port === ''
  );
}

function crossOrigin(from: URL, to: URL, status: number): OstlerError {
  return new OstlerError(
    'cross_origin_redirect',
    `${originOf(from)} redirects to ${originOf(to)} (HTTP ${status}); not followed, because the credentials and the request are meant for the first.`,
    { status, hint: `If you trust it, use a URL on ${originOf(to)} directly.` },
  );
}

/** Without its body, and without what described the body (https://fetch.spec.whatwg.org/#http-redirect-fetch). */
function asGet(request: NetRequest): NetRequest {
  const headers = new NetHeaders(request.headers);
  for (const name of ['type', 'length', 'encoding', 'language', 'location']) {
    headers.delete(`content-${name}`);
  }
  return { ...request, method: 'GET', body: null, headers };
}
