/** A server asks for its own waits (`retry:`); shorter than this would hammer it. Milliseconds. */
const MIN_MS = 500;
const MAX_MS = 60_000;

/**
 * Waits between reconnects of an event stream: what the server asks for within 0.5 s and 60 s,
 * doubled each time nothing arrived in between.
 */
export interface RetryClock {
  /** Runs `reconnect` later; returns how to call it off. */
  schedule: (reconnect: () => void, askedMs: number) => () => void;
  /** Something arrived: start over with short waits. */
  reset: () => void;
}

export function createRetryClock(): RetryClock {
  let empty = 0;
  return {
    schedule(reconnect, askedMs) {
      const asked = Math.min(MAX_MS, Math.max(MIN_MS, askedMs));
      const wait = Math.min(MAX_MS, asked * 2 ** empty);
      empty = Math.min(empty + 1, 10);
      const timer = setTimeout(reconnect, wait);
      return () => clearTimeout(timer);
    },
    reset() {
      empty = 0;
    },
  };
}
