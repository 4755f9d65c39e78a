import { now } from '../../core/clock.js';
import { abortError } from '../../core/errors.js';

export interface Limiter {
  /** Waits for a turn, first come first served; the caller lets go with what it gets. Rejects with the signal's reason. */
  enter: (signal: AbortSignal) => Promise<() => void>;
  /** Nobody starts within this time, milliseconds: the server asked for it. */
  pause: (ms: number) => void;
}

export interface LimiterOptions {
  /** Requests a second, evenly spaced after a burst of three. */
  rate: number | 'unlimited';
  /** Requests at once. */
  concurrent: number;
}

const BURST = 3;

interface Waiting {
  start: () => void;
}

/** The generic cell rate algorithm: one moving time instead of a bucket and a clock. */
export function createLimiter({ rate, concurrent }: LimiterOptions): Limiter {
  const spacing = rate === 'unlimited' ? 0 : 1000 / rate;
  const tolerance = rate === 'unlimited' ? 0 : (BURST - 1) * spacing;
  const queue: Waiting[] = [];
  let active = 0;
  let arrival = 0;
  let notBefore = 0;
  let timer: NodeJS.Timeout | undefined;

  const pump = () => {
    clearTimeout(timer);
    while (queue.length > 0 && active < concurrent) {
      const time = now();
      const earliest = Math.max(arrival - tolerance, notBefore);
      if (time < earliest) {
        timer = setTimeout(pump, Math.ceil(earliest - time));
        return;
      }
      arrival = Math.max(arrival, time) + spacing;
      active += 1;
      queue.shift()?.start();
    }
  };
  const leave = () => {
    active -= 1;
    pump();
  };
  return {
    enter: (signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(abortError(signal));
        const onAbort = () => {
          queue.splice(queue.indexOf(waiting), 1);
          if (queue.length === 0) clearTimeout(timer);
          reject(abortError(signal));
        };
        const waiting: Waiting = {
          start() {
            signal.removeEventListener('abort', onAbort);
            resolve(once(leave));
          },
        };
        signal.addEventListener('abort', onAbort, { once: true });
        queue.push(waiting);
        pump();
      }),
    pause(ms) {
      notBefore = Math.max(notBefore, now() + ms);
    },
  };
}

function once(then: () => void): () => void {
  let done = false;
  return () => {
    if (!done) then();
    done = true;
  };
}
