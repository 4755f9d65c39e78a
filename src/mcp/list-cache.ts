import { now as clockNow } from '../core/clock.js';

/** A server's word is good for this long at most; milliseconds. */
const LONGEST_MS = 60 * 60_000;

type Page = Record<string, unknown>;

/**
 * Lists a server said to be good for a while (2026-07-28/server/utilities/caching). One belongs to
 * one connection, and so to one login: no list, whatever its `cacheScope`, is given to anybody else.
 */
export interface ListCache {
  /** The list while it is good, otherwise as `read` brings it; that tells every page it gets. */
  through: <T>(
    method: string,
    read: (onPage: (page: Page) => Page) => Promise<readonly T[]>,
  ) => Promise<readonly T[]>;
  /** The lists whose methods begin so are others now. */
  evict: (prefix: string) => void;
}

interface Kept {
  items: readonly unknown[];
  until: number;
}

export function createListCache(now: () => number = clockNow): ListCache {
  const lists = new Map<string, Kept>();
  let evictions = 0;

  return {
    async through<T>(
      method: string,
      read: (onPage: (page: Page) => Page) => Promise<readonly T[]>,
    ): Promise<readonly T[]> {
      const kept = lists.get(method);
      if (kept !== undefined && now() < kept.until) return kept.items as readonly T[];
      lists.delete(method);
      const before = evictions;
      const times: number[] = [];
      const items = await read((page) => {
        times.push(typeof page['ttlMs'] === 'number' ? page['ttlMs'] : 0);
        return page;
      });
      // A change that was told meanwhile may or may not be in what was read.
      const ttl = before === evictions ? Math.min(LONGEST_MS, ...times) : 0;
      if (ttl > 0) lists.set(method, { items, until: now() + ttl });
      return items;
    },
    evict(prefix) {
      evictions += 1;
      for (const method of lists.keys()) if (method.startsWith(prefix)) lists.delete(method);
    },
  };
}
