import type { Agent } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { OstlerError } from '../core/errors.js';
import { registerSecret } from '../core/redact.js';
import { isLoopback } from './address.js';

/**
 * The proxy for a URL by HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY (either case, lower wins),
 * or undefined. Loopback is never proxied.
 */
export function proxyFor(url: URL, env: NodeJS.ProcessEnv): string | undefined {
  return chooseProxy(url, env).proxy;
}

/** The proxy for a URL, and what decided it. */
export interface ProxyChoice {
  /** A URL; may hold a password. */
  proxy?: string;
  why: 'variable' | 'loopback' | 'exempt' | 'none';
  /** The variable that named the proxy, or exempted the host. */
  variable?: string;
}

export function chooseProxy(url: URL, env: NodeJS.ProcessEnv): ProxyChoice {
  if (isLoopback(url.hostname)) return { why: 'loopback' };
  const find = (name: string) => [name.toLowerCase(), name].find((each) => env[each]);
  const own = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const variable = find(own) ?? find('ALL_PROXY');
  const proxy = variable === undefined ? undefined : env[variable];
  if (variable === undefined || proxy === undefined) return { why: 'none' };
  const exempt = find('NO_PROXY');
  if (exempt !== undefined && isExempt(url, env[exempt] ?? '')) {
    return { why: 'exempt', variable: exempt };
  }
  return { proxy: proxy.includes('://') ? proxy : `http://${proxy}`, why: 'variable', variable };
}

/** NO_PROXY: comma or space separated names, addresses, networks, `.suffix`, `*.suffix`, `name:port` or `*`. */
function isExempt(url: URL, list: string): boolean {
  const host = url.hostname.toLowerCase().replace(/^\[|\]$/g, '');
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => entry === '*' || matchesEntry(entry, host, port));
}

function matchesEntry(entry: string, host: string, port: string): boolean {
  if (entry.includes('/')) return isInNetwork(host, entry);
  const [name, entryPort] = splitPort(entry);
  if (entryPort !== undefined && entryPort !== port) return false;
  const suffix = name.replace(/^\*?\./, '');
  return suffix !== '' && (host === suffix || host.endsWith(`.${suffix}`));
}

/** `host:80`, `[::1]:80`, or an address or name alone. */
function splitPort(entry: string): [name: string, port: string | undefined] {
  if (isIP(entry) === 6) return [entry, undefined];
  const [, bracketed, plain = '', port] = /^(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(entry) ?? [];
  return [bracketed ?? plain, port];
}

/** `10.0.0.0/8`; a host that is a name is in no network. */
function isInNetwork(host: string, entry: string): boolean {
  const [address = '', bits = ''] = entry.split('/');
  const family = isIP(address);
  if (family === 0 || isIP(host) !== family || !/^\d{1,3}$/.test(bits)) return false;
  if (Number(bits) > (family === 6 ? 128 : 32)) return false;
  const type = family === 6 ? 'ipv6' : 'ipv4';
  const network = new BlockList();
  network.addSubnet(address, Number(bits), type);
  return network.check(host, type);
}

/** An agent that reaches `url` through `proxy`; the libraries are loaded only here. */
export async function createProxyAgent(
  url: URL,
  proxy: string,
  tls: { ca?: string[]; rejectUnauthorized?: boolean },
): Promise<Agent> {
  checkProxy(proxy);
  if (url.protocol === 'https:') {
    const { HttpsProxyAgent } = await import('https-proxy-agent');
    const agent = new HttpsProxyAgent(proxy, { keepAlive: true });
    // The options above are for the proxy; these are for the server behind it.
    Object.assign(agent.options, tls);
    return agent;
  }
  const { HttpProxyAgent } = await import('http-proxy-agent');
  return new HttpProxyAgent(proxy, { keepAlive: true });
}

/** The value is never repeated: it may hold a password. */
function checkProxy(proxy: string): void {
  const url = URL.canParse(proxy) ? new URL(proxy) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new OstlerError('config_invalid', 'The proxy variable holds no http or https URL.', {
      hint: 'Set HTTP_PROXY and HTTPS_PROXY to http://host:port.',
    });
  }
  registerSecret(url.password);
}
