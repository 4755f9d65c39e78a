import http from 'node:http';
import type { RequestOptions } from 'node:http';
import type { SecureContext } from 'node:tls';
import { OstlerError } from '../core/errors.js';
import { registerHeaderSecret, registerSecret } from '../core/redact.js';
import { originOf } from './address.js';
import { proxyFor } from './proxy.js';
import type { RawRequest } from './raw-types.js';

/** How a raw request gets to its origin. */
export interface RawRoute {
  open: typeof http.request;
  options: RequestOptions;
  /** Names and values in turn, for the proxy. */
  headers: readonly string[];
  proxy: string | undefined;
  /** Lets go of what belongs to this request alone. */
  release: () => void;
}

/** Parsing all authorities takes milliseconds; a probe has no time for that each time. */
const contexts = new Map<string, SecureContext>();

/**
 * A connection for one request only, by the proxy rules of `createRoutes`. Plain http through a
 * proxy is written here, because http-proxy-agent writes the headers anew and normalises the path.
 */
export async function rawRoute(request: RawRequest): Promise<RawRoute> {
  const { origin, ca, insecure } = request;
  const proxy = proxyFor(origin, process.env);
  const plain = { headers: [], proxy, release: () => {} };
  if (origin.protocol === 'http:') {
    if (proxy !== undefined) return throughHttp(proxy, request);
    return { open: http.request, options: { ...placeOf(origin), agent: false }, ...plain };
  }
  const https = await import('node:https');
  const options: RequestOptions = { ...placeOf(origin), ...(await tlsOptions(ca, insecure)) };
  if (proxy === undefined) {
    return { open: https.request, options: { ...options, agent: false }, ...plain };
  }
  const { createProxyAgent } = await import('./proxy.js');
  const agent = await createProxyAgent(origin, proxy, {});
  const release = () => agent.destroy();
  return { open: https.request, options: { ...options, agent }, headers: [], proxy, release };
}

/** What `http.request` needs of an origin. */
export function placeOf({ protocol, hostname, port }: URL): RequestOptions {
  return {
    protocol,
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
  };
}

export interface RawTls {
  rejectUnauthorized?: boolean;
  secureContext?: SecureContext;
}

/** Additional authorities and whether they matter, as TLS options. */
export async function tlsOptions(ca?: string, insecure?: boolean): Promise<RawTls> {
  const options: RawTls = insecure === true ? { rejectUnauthorized: false } : {};
  if (ca === undefined) return options;
  let context = contexts.get(ca);
  if (context === undefined) {
    const { createSecureContext, rootCertificates } = await import('node:tls');
    context = createSecureContext({ ca: [...rootCertificates, ca] });
    contexts.set(ca, context);
  }
  return { ...options, secureContext: context };
}

/** RFC 9112 §3.2.2: a proxy is told the origin in the request target. */
async function throughHttp(proxy: string, { origin, path }: RawRequest): Promise<RawRoute> {
  const url = URL.canParse(proxy) ? new URL(proxy) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new OstlerError('config_invalid', 'The proxy variable holds no http or https URL.');
  }
  const open = url.protocol === 'https:' ? (await import('node:https')).request : http.request;
  const options = { ...placeOf(url), agent: false, path: `${originOf(origin)}${path}` } as const;
  return { open, options, headers: proxyHeaders(url), proxy, release: () => {} };
}

/** RFC 9110 §11.7.2. */
function proxyHeaders({ username, password }: URL): readonly string[] {
  if (username === '' && password === '') return [];
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const value = `Basic ${Buffer.from(user).toString('base64')}`;
  registerHeaderSecret(value);
  registerSecret(decodeURIComponent(password));
  return ['Proxy-Authorization', value];
}
