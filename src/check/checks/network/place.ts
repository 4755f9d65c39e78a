import { isIP } from 'node:net';
import { isLoopback } from '../../../net/address.js';
import type { Audit } from '../../audit/types.js';

/** Where a server stands, by what its URL says: a name is not looked up. */
export type Place = 'loopback' | 'private' | 'public';

/** Names that only a local network gives out (RFC 6762, RFC 8375), beside names without a dot. */
const LOCAL_NAME = /^[^.]+$|\.(?:local|lan|internal|home\.arpa)$/i;

/** `private` also for link-local addresses, unique local ones, and names of a local network. */
export async function placeOf({ url }: Pick<Audit, 'url'>): Promise<Place> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isLoopback(host)) return 'loopback';
  if (isIP(host) === 0) return LOCAL_NAME.test(host) ? 'private' : 'public';
  const { default: ipaddr } = await import('ipaddr.js');
  const range = ipaddr.process(host).range();
  if (range === 'loopback' || range === 'unspecified') return 'loopback';
  return range === 'unicast' ? 'public' : 'private';
}
