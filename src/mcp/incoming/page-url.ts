import { isLoopback } from '../../net/address.js';

const MAX_URL_CHARS = 8192;
/** What a URL parser drops or reads as something else: blanks, controls, backslashes. */
const TRICKS = /[\s\p{C}\\]/u;

/**
 * A page a server wants opened (client/elicitation#url-mode-elicitation-requests): https, or http on
 * this machine, without userinfo. Undefined for anything else.
 */
export function toPageUrl(raw: unknown): { url: string; host: string } | undefined {
  if (typeof raw !== 'string' || raw.length > MAX_URL_CHARS || TRICKS.test(raw)) return undefined;
  if (!URL.canParse(raw)) return undefined;
  const url = new URL(raw);
  const { protocol, username, password, hostname, host } = url;
  const allowed = protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
  if (!allowed || username !== '' || password !== '' || hostname === '') return undefined;
  return { url: url.href, host };
}
