import { OstlerError } from '../../core/errors.js';
import { isLoopback } from '../../net/address.js';

/** Where a redirect is listened for. */
export interface RedirectAddress {
  /** As it stands in the redirect URI. */
  host: string;
  /** A literal address: `localhost` is 127.0.0.1. */
  listenOn: string;
  /** 0 = a free one. */
  port: number;
  path: string;
}

/**
 * The address of a registered redirect URI; without one, any port of 127.0.0.1. One that names no port
 * may have any (RFC 8252 §7.3). Throws `config_invalid`.
 */
export function toRedirectAddress(registered: string | undefined, server: string): RedirectAddress {
  if (registered === undefined) {
    return { host: '127.0.0.1', listenOn: '127.0.0.1', port: 0, path: '/callback' };
  }
  const url = URL.canParse(registered) ? new URL(registered) : undefined;
  const plain = url?.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (url === undefined || !plain || url.protocol !== 'http:' || !isLoopback(url.hostname)) {
    throw new OstlerError(
      'config_invalid',
      `${server}: a redirect URI is http:// on a loopback address with a port and a path.`,
      { server, hint: 'For example: http://127.0.0.1:8976/callback' },
    );
  }
  const named = url.hostname.endsWith('localhost');
  return {
    host: url.hostname,
    listenOn: named ? '127.0.0.1' : url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port),
    path: url.pathname,
  };
}
