import type { ResourceSubscription } from '../../core/chat.js';
import { OstlerError } from '../../core/errors.js';
import type { Connection } from '../../mcp/types.js';

/** Resources the person wants to hear of, for as long as the chat lives (server/resources#subscriptions). */
export interface Subscriptions {
  add: (connection: Connection, uri: string, signal: AbortSignal) => Promise<void>;
  /** Without a connection there is nobody to tell; false when there was none. */
  remove: (
    subscription: { server: string; uri: string; connection: Connection | undefined },
    signal: AbortSignal,
  ) => Promise<boolean>;
  list: () => readonly ResourceSubscription[];
  /** A server is back, and knows nothing of them. */
  renew: (connection: Connection, signal: AbortSignal) => void;
  updated: (server: string, uri: string) => void;
}

interface Entry extends ResourceSubscription {
  /** That was told of it. */
  connection: Connection;
}

export function createSubscriptions(onFailure: (error: unknown) => void): Subscriptions {
  const entries = new Map<string, Entry>();
  const keyOf = (server: string, uri: string) => `${server} ${uri}`;

  return {
    async add(connection, uri, signal) {
      const { id: server, info } = connection;
      if (!info.offers.subscriptions) {
        throw new OstlerError('usage', `${server} has no subscriptions.`, { server });
      }
      const key = keyOf(server, uri);
      if (entries.get(key)?.connection === connection) return;
      await connection.subscribe(uri, signal);
      const updates = entries.get(key)?.updates ?? 0;
      entries.set(key, { server, uri, updates, connection });
    },
    async remove({ server, uri, connection }, signal) {
      if (!entries.delete(keyOf(server, uri))) return false;
      await connection?.unsubscribe(uri, signal);
      return true;
    },
    list: () => [...entries.values()].map(({ server, uri, updates }) => ({ server, uri, updates })),
    renew(connection, signal) {
      for (const entry of entries.values()) {
        if (entry.server !== connection.id || entry.connection === connection) continue;
        entry.connection = connection;
        connection.subscribe(entry.uri, signal).catch(onFailure);
      }
    },
    updated(server, uri) {
      const entry = entries.get(keyOf(server, uri)) ?? above(entries.values(), server, uri);
      if (entry !== undefined) entry.updates += 1;
    },
  };
}

/** What changed may be a part of what was subscribed to. */
function above(entries: Iterable<Entry>, server: string, uri: string): Entry | undefined {
  for (const entry of entries) {
    if (entry.server === server && uri.startsWith(entry.uri)) return entry;
  }
  return undefined;
}
