import { isIP } from 'node:net';
import { isLoopback } from '../../net/address.js';

/**
 * True for a server that is not on this machine: auditing it needs its owner's consent
 * (`--i-am-authorized`). Only `localhost`, 127.0.0.0/8 and ::1 are free; a private network is
 * somebody's, and what a name resolves to may change.
 */
export function requiresAuthorization(url: URL): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  return host !== 'localhost' && (isIP(host) === 0 || !isLoopback(host));
}
