import { withSignal } from '../../core/wait.js';

/**
 * Runs one piece of work at a time. Whoever had to wait asks first, by `done`, whether it is still to be
 * done; work of others that failed is theirs.
 */
export type OneAtATime = (
  done: () => boolean,
  signal: AbortSignal,
  work: () => Promise<void>,
) => Promise<void>;

export function createOneAtATime(): OneAtATime {
  const running = new Set<Promise<void>>();
  return async (done, signal, work) => {
    for (const other of running) {
      await withSignal(
        other.catch(() => {}),
        signal,
      );
    }
    if (done()) return;
    const own = work();
    running.add(own);
    try {
      await own;
    } finally {
      running.delete(own);
    }
  };
}
