import type { FetchLike } from '@modelcontextprotocol/client';
import type { RemoteServer } from '../../config/types.js';
import { OstlerError } from '../../core/errors.js';
import { isRecord } from '../../core/json.js';
import { VERSION } from '../../core/version.js';
import { deadline } from '../../core/wait.js';
import { originOf } from '../../net/address.js';
import { createFetch, type NetFetch } from '../../net/fetch.js';
import { headerPairs, NetHeaders } from '../../net/headers.js';
import { redirectTarget } from '../../net/redirect.js';
import type { NetResponse } from '../../net/response.js';
import type { NetRequest } from '../../net/types.js';
import { withServer } from '../http-errors.js';
import { shown } from '../shown.js';
import { createAddressRule } from './address-rule.js';
import { toRefusal } from './refusal.js';

const MAX_BYTES = 256 * 1024;
const TIME_MS = 10_000;
const MAX_REDIRECTS = 3;

export interface ForeignFetchOptions {
  /** The server whose login it is; or the identity provider, for what that one names. */
  base: URL;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  trust?: Pick<RemoteServer, 'id' | 'ca' | 'insecure'>;
}

/**
 * The fetch for metadata, registration and tokens: URLs that the server, or what it names, has
 * chosen. None of the server's headers goes there. JSON of at most 256 KiB within 10 s, no redirect of
 * a POST, every hop by the rule of addresses on the connection itself. A refused POST rejects with
 * `OAuthRefusal`, everything else with `OstlerError`; neither quotes a body.
 */
export function createForeignFetch(options: ForeignFetchOptions): FetchLike {
  const { base, env, signal, trust } = options;
  const rule = createAddressRule(base, env, signal);
  const common = {
    ca: trust?.ca,
    maxBodyBytes: MAX_BYTES,
    lookup: rule.lookup,
    label: { kind: 'mcp', server: trust?.id ?? base.host },
  } as const;
  const run = createFetch(common);
  // Unchecked certificates were asked for one server, not for whatever it names.
  const atHome = trust?.insecure === true ? createFetch({ ...common, insecure: true }) : run;

  return async (target, init) => {
    const limit = deadline(TIME_MS, `${originOf(target)}: its answer`, signal);
    try {
      const request = toRequest(init as NetRequest | undefined, limit.signal);
      let url = new URL(target);
      for (let followed = 0; ; followed += 1) {
        await rule.check(url);
        const send: NetFetch = url.origin === base.origin ? atHome : run;
        const response = await send(url, request);
        const next = redirectTarget(response, url);
        if (next === undefined) return (await read(response, url, request)) as unknown as Response;
        await response.body.cancel();
        if (request.method !== 'GET') throw redirected(url, next);
        if (followed === MAX_REDIRECTS) throw tooManyRedirects(url);
        url = next;
      }
    } catch (error) {
      throw error instanceof OstlerError && trust ? withServer(error, trust.id) : error;
    } finally {
      limit.clear();
    }
  };
}

function toRequest(init: NetRequest | undefined, signal: AbortSignal): NetRequest {
  const headers = new NetHeaders([
    ['user-agent', `ostler/${VERSION}`],
    ['accept', 'application/json'],
  ]);
  for (const [name, value] of headerPairs(init?.headers)) headers.set(name, value);
  const { body } = init ?? {};
  return {
    method: (init?.method ?? 'GET').toUpperCase(),
    headers,
    redirect: 'manual',
    signal,
    // The SDK hands over URLSearchParams.
    ...(body === undefined || body === null ? {} : { body: String(body) }),
  };
}

/** A whole answer in the shape of the Fetch standard, as far as the SDK looks at it. */
interface ReadResponse {
  status: number;
  ok: boolean;
  url: string;
  headers: NetHeaders;
  text: () => Promise<string>;
  json: () => Promise<unknown>;
  clone: () => ReadResponse;
}

async function read(response: NetResponse, url: URL, request: NetRequest): Promise<ReadResponse> {
  const { status, headers } = response;
  const type = headers.get('content-type') ?? '';
  const isJson = /^\s*application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(type);
  const text = await response.text();
  if (request.method === 'GET') {
    // A web site's page for every path is no metadata: as if there were none.
    const found = response.ok && isJson ? status : response.ok ? 404 : status;
    return toResponse(found, text, headers, url);
  }
  // A revocation is answered with nothing at all (RFC 7009 section 2.2).
  if (response.ok && !isJson && text !== '') throw noJson(url, type);
  if (response.ok || (status === 400 && /"use_dpop_nonce"/.test(text))) {
    return toResponse(status, text, headers, url);
  }
  throw toRefusal(url, status, text);
}

function toResponse(status: number, text: string, headers: NetHeaders, url: URL): ReadResponse {
  const again = (): ReadResponse => toResponse(status, text, headers, url);
  return {
    status,
    ok: status >= 200 && status < 300,
    url: url.href,
    headers,
    text: () => Promise.resolve(text),
    json: async () => parse(text, url),
    clone: again,
  };
}

function parse(text: string, url: URL): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch {
    // The parser's own message quotes the text.
  }
  throw new OstlerError('protocol_error', `${originOf(url)} answered with no JSON object.`);
}

function redirected(from: URL, to: URL): OstlerError {
  return new OstlerError(
    'cross_origin_redirect',
    `${originOf(from)} redirects a request for a token or a registration to ${originOf(to)}; not followed.`,
  );
}

function tooManyRedirects(url: URL): OstlerError {
  return new OstlerError(
    'protocol_error',
    `${originOf(url)} redirects more than ${MAX_REDIRECTS} times.`,
  );
}

function noJson(url: URL, type: string): OstlerError {
  const got = type === '' ? 'no content type' : shown(type, 80);
  return new OstlerError(
    'protocol_error',
    `${originOf(url)} answered with ${got} instead of JSON.`,
  );
}
