import { abortError } from '../../core/errors.js';
import { withSignal } from '../../core/wait.js';

/** Who may ask the person: one question after the other. */
export interface Turns {
  /** Asks when its turn comes. Rejects at once when the signal fires, and the turn is over. */
  take: <T>(ask: () => Promise<T>, signal: AbortSignal) => Promise<T>;
}

export function createTurns(): Turns {
  let taken = false;
  const waiting: (() => void)[] = [];

  function enter(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(abortError(signal));
    if (!taken) {
      taken = true;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        waiting.splice(waiting.indexOf(come), 1);
        reject(abortError(signal));
      };
      const come = () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      signal.addEventListener('abort', onAbort, { once: true });
      waiting.push(come);
    });
  }

  return {
    async take(ask, signal) {
      await enter(signal);
      try {
        return await withSignal(ask(), signal);
      } finally {
        const next = waiting.shift();
        if (next === undefined) taken = false;
        else next();
      }
    },
  };
}
