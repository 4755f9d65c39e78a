import { Refusal } from './refusal.js';

/** Counts wrong tokens by remote address. */
export interface Throttle {
  /** Notes a wrong token; returns the 429 to answer with once there were too many. */
  note: (address: string) => Refusal | undefined;
}

export interface ThrottleOptions {
  /** Wrong tokens that get an ordinary 401. */
  limit: number;
  windowMs: number;
  /** Milliseconds, for tests. */
  now?: () => number;
}

/** So that a flood from many addresses cannot fill the memory. */
const MAX_ADDRESSES = 4096;

/**
 * Slows guessing and keeps the log readable. It looks at wrong tokens only: whoever has the right
 * one gets through from the same address, e.g. behind a shared proxy. What really keeps strangers
 * out is the length of the token.
 */
export function createThrottle({ limit, windowMs, now = Date.now }: ThrottleOptions): Throttle {
  const seen = new Map<string, { count: number; ends: number }>();
  return {
    note(address) {
      const time = now();
      const before = seen.get(address);
      const entry =
        before !== undefined && before.ends > time ? before : { count: 0, ends: time + windowMs };
      entry.count += 1;
      seen.delete(address);
      seen.set(address, entry);
      for (const oldest of seen.size > MAX_ADDRESSES ? seen.keys() : []) {
        seen.delete(oldest);
        break;
      }
      if (entry.count <= limit) return undefined;
      const seconds = Math.max(1, Math.ceil((entry.ends - time) / 1000));
      return new Refusal(429, 'Too Many Requests: too many wrong tokens.', {
        headers: { 'Retry-After': String(seconds) },
      });
    },
  };
}
