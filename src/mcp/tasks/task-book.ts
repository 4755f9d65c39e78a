import { createDeferred, type Deferred } from '../../core/deferred.js';
import { withSignal } from '../../core/wait.js';
import type { Link } from '../link.js';

/**
 * The links of one server, one after the other: what a task needs that outlives the link it was
 * begun on. Whoever makes lost connections again keeps one and gives it to each dial.
 */
export interface TaskBook {
  /** A link stands; tasks that wait for one go on there. */
  opened: (link: Link) => void;
  /** There will be no other link. */
  abandon: () => void;
  /** The link after this one. Rejects when there will be none, or when the signal fires. */
  next: (after: Link, signal: AbortSignal) => Promise<Link>;
}

export function createTaskBook(): TaskBook {
  let current: Link | undefined;
  let coming: Deferred<Link> = createDeferred();

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
