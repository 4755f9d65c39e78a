import { now } from '../core/clock.js';

export interface Coalescer {
  /** Asks for a run; however often it is asked, there is one at a time, and not too often. */
  trigger: () => void;
  /** Nothing starts any more. */
  stop: () => void;
}

export interface CoalesceOptions {
  /** Between the first request and the run, so that requests that come together count as one; milliseconds. */
  quietMs: number;
  /** Between the beginnings of two runs; milliseconds. */
  everyMs: number;
}

/** Turns a storm of requests into few runs: single flight, and one more when asked meanwhile. `run` must not reject. */
export function createCoalescer(
  run: () => Promise<void>,
  { quietMs, everyMs }: CoalesceOptions,
): Coalescer {
  let timer: NodeJS.Timeout | undefined;
  let running = false;
  let again = false;
  let stopped = false;
  let startedAt = -Infinity;

  const start = async () => {
    timer = undefined;
    running = true;
    startedAt = now();
    try {
      await run();
    } finally {
      running = false;
    }
    if (again) trigger();
  };
  const trigger = () => {
    if (stopped || timer !== undefined) return;
    again = running;
    if (running) return;
    const wait = Math.max(quietMs, startedAt + everyMs - now());
    timer = setTimeout(() => void start(), wait);
  };
  return {
    trigger,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
