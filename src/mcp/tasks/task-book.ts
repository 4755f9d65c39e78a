import { createDeferred, type Deferred } from '../../core/deferred.js';
import { withSignal } from '../../core/wait.js';
import type { ServerDefinition } from '../../config/types.js';
import type { Incoming } from '../incoming/incoming.js';
import type { Client } from '../sdk.js';

/** What a task needs of a link. */
export interface TaskLink {
  server: ServerDefinition;
  client: Client;
  /** What the server asks of us. */
  incoming: Incoming;
  /** The links of this server, where there may be others after this one. */
  tasks: TaskBook | undefined;
  /** What is said before the link is closed by our own will. */
  leaving: Set<() => Promise<void>>;
}

/**
 * The links of one server, one after the other: what a task needs that outlives the link it was
 * begun on. Whoever makes lost connections again keeps one and gives it to each dial.
 */
export interface TaskBook {
  /** A link stands; tasks that wait for one go on there. */
  opened: (link: TaskLink) => void;
  /** There will be no other link. */
  abandon: () => void;
  /** The link after this one. Rejects when there will be none, or when the signal fires. */
  next: (after: TaskLink, signal: AbortSignal) => Promise<TaskLink>;
}

export function createTaskBook(): TaskBook {
  let current: TaskLink | undefined;
  let coming: Deferred<TaskLink> = createDeferred();

  return {
    opened(link) {
      current = link;
      coming.resolve(link);
      coming = createDeferred();
    },
    abandon() {
      coming.reject(new Error('The server will not be connected again.'));
      coming = createDeferred();
    },
    next(after, signal) {
      if (current !== undefined && current !== after) return Promise.resolve(current);
      return withSignal(coming.promise, signal);
    },
  };
}
