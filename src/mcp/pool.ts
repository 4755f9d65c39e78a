import type { ServerDefinition } from '../config/types.js';
import type { ServerStatus } from '../core/events.js';
import { deadline, withSignal } from '../core/wait.js';
import { createKeeper, type Keeper } from './keeper.js';
import type { PoolOptions, ServerPool } from './pool-types.js';

/** For everything to end; milliseconds. What has not ended by then is not waited for. */
const CLOSE_MS = 150;

/** A pool without servers; nothing of the SDK is loaded before the first one is dialled. */
export function createServerPool(options: PoolOptions): ServerPool {
  const keepers = new Map<string, Keeper>();
  let closed = false;
  const own: PoolOptions = {
    ...options,
    onEvent(event) {
      if (!closed) options.onEvent(event);
    },
  };
  const start = (definition: ServerDefinition, signal: AbortSignal): Promise<ServerStatus> => {
    const { id } = definition;
    const keeper = keepers.get(id) ?? createKeeper(definition, own);
    keepers.set(id, keeper);
    return closed ? Promise.resolve(keeper.status()) : keeper.start(definition, signal);
  };

  return {
    statuses: () => [...keepers.values()].map((keeper) => keeper.status()),
    definitions: () => [...keepers.values()].map(({ definition }) => definition),
    connection: (id) => keepers.get(id)?.connection,
    connections: () =>
      [...keepers.values()].flatMap(({ connection }) =>
        connection === undefined ? [] : [connection],
      ),
    add: start,
    reload(id, signal, definition = keepers.get(id)?.definition) {
      if (definition === undefined) return Promise.reject(new Error(`no server ${id} in the pool`));
      return start(definition, signal);
    },
    disconnect: async (id) => keepers.get(id)?.stop(),
    latency: (id, ms) => keepers.get(id)?.latency(ms),
    logs: (id) => keepers.get(id)?.logs() ?? [],
    async close() {
      closed = true;
      const limit = deadline(CLOSE_MS, 'Ending the servers');
      const ends = [...keepers.values()].map((keeper) => keeper.stop());
      try {
        await withSignal(Promise.all([...ends, options.eras?.settled()]), limit.signal);
      } catch {
        // Too late: the processes are killed already, and nothing waits for the rest.
      } finally {
        limit.clear();
      }
    },
  };
}
