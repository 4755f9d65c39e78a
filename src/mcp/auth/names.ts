import { createHash } from 'node:crypto';

/** What the names of all entries for a server begin with. */
export function serverPrefix(server: string): string {
  return `${hash(server)}-`;
}

/** What the names of all clients that were registered with an authorization server begin with. */
export function clientPrefix(issuer: string): string {
  return `client-${hash(issuer)}-`;
}

export function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
