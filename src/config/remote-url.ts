import { hasUrlSecret, isHarmlessHeader, registerUrlSecrets } from './secrets.js';
import type { HeaderPair } from './headers.js';
import type { TransportName } from './types.js';
import { BadValue, got } from './values.js';

/** A server's URL, checked, its secrets registered. Throws `BadValue`; shows the text only when it holds no secret. */
export function toServerUrl(raw: string): URL {
  const text = raw.trim();
  if (/^[a-z0-9.-]+:\d+(?:[/?#]|$)/i.test(text)) {
    throw new BadValue(`not a URL: write http://${safe(text) ? text : '…'}`);
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^[a-z]+:\/\//i.test(text)) {
    throw new BadValue(`not a URL${safe(text) ? got(text) : ''}`);
  }
  registerUrlSecrets(url);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new BadValue(`only http and https servers can be reached, not ${url.protocol}//`);
  }
  return url;
}

function safe(text: string): boolean {
  return !/[@?]/.test(text);
}

/** A URL alone: SSE first when its path ends in /sse, else Streamable HTTP first. */
export function transportOf(url: URL): Exclude<TransportName, 'stdio'> {
  return /\/sse\/?$/.test(url.pathname) ? 'sse' : 'http';
}

const LOOPBACK = /^(?:localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Why sending these headers to this URL is worth a warning, or undefined. */
export function plainTextWarning(url: URL, headers: readonly HeaderPair[]): string | undefined {
  const secret = hasUrlSecret(url) || headers.some(([name]) => !isHarmlessHeader(name));
  if (url.protocol !== 'http:' || !secret || LOOPBACK.test(url.hostname)) return undefined;
  return `its credentials go to ${url.host} unencrypted (http)`;
}
