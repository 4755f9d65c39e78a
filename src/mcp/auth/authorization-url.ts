import type { RemoteServer } from '../../config/types.js';
import { OstlerError } from '../../core/errors.js';
import { isLoopback } from '../../net/address.js';

/** What every browser, and the command line of every system, takes. Characters. */
const MAX_LENGTH = 8192;

/** What a serialised URL is made of; anything else would be no URL any more. */
const URL_CHARACTERS = /^[\x21-\x7e]+$/;

/** Characters that a URL may hold as they are, and that a shell script behind `xdg-open` may act on. */
const FOR_SHELLS = /['"`$()\\|^<>{};!*]/g;

/**
 * A page of the person's own browser that a server named: https, or http between a loopback server and
 * a loopback page; no userinfo, no fragment (RFC 6749 §3.1), at most 8192 characters. Returns it with
 * everything a shell could expand in percent-encoding. Throws `auth_rejected`.
 */
export function checkAuthorizationUrl(url: URL, server: RemoteServer): URL {
  const fault = faultOf(url, isLoopback(new URL(server.url).hostname));
  if (fault !== undefined) {
    throw new OstlerError(
      'auth_rejected',
      `${server.id} sends the browser to a page that is not opened: ${fault}.`,
      {
        server: server.id,
        hint: 'This is the fault of the server or of its authorization server.',
      },
    );
  }
  const safe = new URL(url.href);
  safe.pathname = inPercent(url.pathname);
  safe.search = inPercent(url.search);
  return safe;
}

function faultOf(url: URL, serverIsLocal: boolean): string | undefined {
  const { protocol, hostname, username, password, hash, href } = url;
  const pageIsLocal = isLoopback(hostname);
  if (protocol !== 'https:' && protocol !== 'http:') return `its scheme is ${protocol}//`;
  if (protocol === 'http:' && !(pageIsLocal && serverIsLocal)) return 'it is not https';
  if (pageIsLocal && !serverIsLocal) return 'it is on this machine, and the server is not';
  if (username !== '' || password !== '') return 'it holds a user name or password';
  if (hash !== '') return 'it has a fragment (RFC 6749 §3.1)';
  if (href.length > MAX_LENGTH) return `it is longer than ${MAX_LENGTH} characters`;
  if (!URL_CHARACTERS.test(href)) return 'it has characters that no URL has';
  return undefined;
}

function inPercent(part: string): string {
  return part.replace(
    FOR_SHELLS,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
