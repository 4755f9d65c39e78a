import { isLoopback } from '../../../net/address.js';
import type { Audit } from '../../audit/types.js';

/** What is wrong with a URL that OAuth metadata names: anything but https, unless all of it is on this machine. */
export function urlFault(audit: Pick<Audit, 'url'>, value: unknown): string | undefined {
  if (typeof value !== 'string' || !URL.canParse(value)) return 'is no URL';
  const url = new URL(value);
  if (url.username !== '' || url.password !== '') return 'holds a user name or password';
  if (url.protocol === 'https:') return undefined;
  const local = isLoopback(url.hostname) && isLoopback(audit.url.hostname);
  if (url.protocol === 'http:' && local) return undefined;
  return `is ${url.protocol}//, not https`;
}
