import type { ServerResponse } from 'node:http';
import { Refusal } from './refusal.js';

/** Counts what a principal has open, so that one of them cannot use up the server. */
export interface Quota {
  /** Counts a request until its answer is closed, event streams included. Refuses with 503. */
  enter: (principal: string, res: ServerResponse) => void;
}

export function createQuota(limit: number): Quota {
  const open = new Map<string, number>();
  return {
    enter(principal, res) {
      const count = open.get(principal) ?? 0;
      if (count >= limit) throw busy('too many open requests');
      open.set(principal, count + 1);
      res.once('close', () => open.set(principal, (open.get(principal) ?? 1) - 1));
    },
  };
}

export function busy(why: string): Refusal {
  return new Refusal(503, `Service Unavailable: ${why}.`, { headers: { 'Retry-After': '5' } });
}
