import type { ChatPrompts, ChatResources, PromptView, ResourceView } from '../../core/chat.js';
import { abortError, OstlerError } from '../../core/errors.js';
import { withSignal } from '../../core/wait.js';
import type { ServerPool } from '../../mcp/pool-types.js';
import type { Connection } from '../../mcp/types.js';
import { toAttachment } from './attachment.js';
import type { Subscriptions } from './subscriptions.js';

/** The prompts and resources of all connected servers. */
export interface Offers {
  prompts: ChatPrompts;
  resources: ChatResources;
  /** Forgets a server's list. */
  changed: (kind: 'prompts' | 'resources', server: string) => void;
  /** How many of both a connection has. */
  count: (
    connection: Connection,
    signal: AbortSignal,
  ) => Promise<{ prompts: number; resources: number }>;
}

/** How long a list may take when nobody says less, milliseconds. */
const LIST_MS = 15_000;

export function createOffers(
  pool: Pick<ServerPool, 'connection' | 'connections'>,
  subscriptions: Subscriptions,
): Offers {
  const promptsOf = createMemory((connection, signal) =>
    connection.info.offers.prompts ? connection.listPrompts(signal) : Promise.resolve([]),
  );
  const resourcesOf = createMemory((connection, signal) =>
    connection.info.offers.resources ? connection.listResources(signal) : Promise.resolve([]),
  );

  function connected(server: string): Connection {
    const connection = pool.connection(server);
    if (connection !== undefined) return connection;
    throw new OstlerError('server_unreachable', `${server} is not connected.`, {
      server,
      hint: `Connect it with: /servers connect ${server}`,
    });
  }

  return {
    prompts: {
      async list(signal): Promise<readonly PromptView[]> {
        const lists = await collect(pool, promptsOf.get, signal);
        return lists.flatMap(({ server, items }) => items.map((item) => ({ ...item, server })));
      },
      get: async ({ server, name, args }, signal) =>
        connected(server).getPrompt(name, args, signal),
      async complete({ server, name, argument, value, context }, signal) {
        const connection = connected(server);
        if (!connection.info.offers.completions) return [];
        return connection.complete({ ref: { prompt: name }, argument, value, context }, signal);
      },
    },
    resources: {
      async list(signal): Promise<readonly ResourceView[]> {
        const lists = await collect(pool, resourcesOf.get, signal);
        return lists.flatMap(({ server, items }) => items.map((item) => ({ ...item, server })));
      },
      async read(server, uri, signal) {
        const contents = await connected(server).readResource(uri, signal);
        return contents.map((content) => toAttachment(content, uri));
      },
      subscribe: async (server, uri, signal) => subscriptions.add(connected(server), uri, signal),
      unsubscribe: (server, uri, signal) =>
        subscriptions.remove({ server, uri, connection: pool.connection(server) }, signal),
      subscriptions: subscriptions.list,
    },
    changed(kind, server) {
      (kind === 'prompts' ? promptsOf : resourcesOf).forget(server);
    },
    async count(connection, signal) {
      const [prompts, resources] = await Promise.all([
        promptsOf.get(connection, signal).catch(() => []),
        resourcesOf.get(connection, signal).catch(() => []),
      ]);
      return { prompts: prompts.length, resources: resources.length };
    },
  };
}

/** The lists of all servers, side by side; one that fails is left out and asked again the next time. */
async function collect<T>(
  pool: Pick<ServerPool, 'connections'>,
  get: (connection: Connection, signal: AbortSignal) => Promise<readonly T[]>,
  signal: AbortSignal,
): Promise<{ server: string; items: readonly T[] }[]> {
  const lists = await Promise.all(
    pool.connections().map(async (connection) => {
      const items = await get(connection, signal).catch(() => []);
      return { server: connection.id, items };
    }),
  );
  if (signal.aborted) throw abortError(signal);
  return lists;
}

interface Memory<T> {
  get: (connection: Connection, signal: AbortSignal) => Promise<readonly T[]>;
  forget: (server: string) => void;
}

/** One list a connection; asked once for everyone who waits for it. */
function createMemory<T>(
  load: (connection: Connection, signal: AbortSignal) => Promise<readonly T[]>,
): Memory<T> {
  const known = new Map<string, { connection: Connection; list: Promise<readonly T[]> }>();
  return {
    get(connection, signal) {
      const { id } = connection;
      const entry = known.get(id);
      if (entry?.connection === connection) return withSignal(entry.list, signal);
      // Not the caller's signal: whoever asks next waits for the same answer.
      const list = load(connection, AbortSignal.timeout(LIST_MS));
      const mine = { connection, list };
      known.set(id, mine);
      list.catch(() => {
        if (known.get(id) === mine) known.delete(id);
      });
      return withSignal(list, signal);
    },
    forget: (server) => void known.delete(server),
  };
}
