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
  /** There will be no other link, unless one is opened nevertheless. */
  readonly ended: boolean;
  /** A link stands; tasks that wait for one go on there. */
  opened: (link: TaskLink) => void;
  /** Says so; before the last link is closed, so that its tasks are cancelled there. */
  abandon: () => void;
  /** The link after this one. Rejects when there will be none, or when the signal fires. */
  next: (after: TaskLink, signal: AbortSignal) => Promise<TaskLink>;
}

export function createTaskBook(): TaskBook {
  let current: TaskLink | undefined;
  let coming: Deferred<TaskLink> = createDeferred();
  let ended = false;

  return {
    get ended() {
      return ended;
    },
    opened(link) {
      ended = false;
      current = link;
      coming.resolve(link);
      coming = createDeferred();
    },
    abandon() {
      ended = true;
      coming.reject(new Error('The server will not be connected again.'));
      coming = createDeferred();
    },
    next(after, signal) {
      if (current !== undefined && current !== after) return Promise.resolve(current);
      if (ended) return Promise.reject(new Error('The server will not be connected again.'));
      return withSignal(coming.promise, signal);
    },
  };
}
