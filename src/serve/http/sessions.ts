import type { ServerResponse } from 'node:http';
import { busy } from './quota.js';
import { Refusal } from './refusal.js';

/** A live session of either transport, bound to the principal who opened it. */
export interface Session<T> {
  readonly id: string;
  readonly principal: string;
  readonly transport: T;
  /** Ends the MCP server behind it, with every call that still runs. */
  readonly close: () => Promise<void>;
}

export interface SessionStore<T> {
  add: (session: Session<T>) => void;
  /**
   * The principal's own session. Another's is as unknown as one that never was: 404 for both, so
   * that nobody can learn which ids live. Until `res` is closed the session does not count as idle.
   */
  take: (id: string, principal: string, res: ServerResponse) => Session<T>;
  remove: (id: string) => void;
  /** Refuses with 503 when the principal has as many as they may. */
  checkRoom: (principal: string) => void;
  /** Ends the sessions nobody used for a while. */
  sweep: () => void;
  closeAll: () => Promise<void>;
}

interface Entry<T> {
  session: Session<T>;
  busy: number;
  lastUsed: number;
}

export interface SessionLimits {
  perPrincipal: number;
  idleMs: number;
}

/** A `Map`, not an object: `__proto__` is an id like any other. */
export function createSessionStore<T>({ perPrincipal, idleMs }: SessionLimits): SessionStore<T> {
  const entries = new Map<string, Entry<T>>();
  return {
    add(session) {
      entries.set(session.id, { session, busy: 0, lastUsed: Date.now() });
    },
    take(id, principal, res) {
      const entry = entries.get(id);
      if (entry === undefined || entry.session.principal !== principal) {
        throw new Refusal(404, 'Not Found: no such session.');
      }
      entry.busy += 1;
      res.once('close', () => {
        entry.busy -= 1;
        entry.lastUsed = Date.now();
      });
      return entry.session;
    },
    remove(id) {
      entries.delete(id);
    },
    checkRoom(principal) {
      const own = [...entries.values()].filter((entry) => entry.session.principal === principal);
      if (own.length >= perPrincipal) throw busy('too many sessions');
    },
    sweep() {
      const now = Date.now();
      for (const { session, busy, lastUsed } of entries.values()) {
        if (busy === 0 && now - lastUsed > idleMs) void session.close();
      }
    },
    async closeAll() {
      await Promise.all([...entries.values()].map(({ session }) => session.close()));
      entries.clear();
    },
  };
}
