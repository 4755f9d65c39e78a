/** Lets a few lines a second through and counts the others. */
export interface LogLimit {
  /** True when the line may be shown now. */
  allow: (now: number) => boolean;
  /** How many were held back, once their second is over; 0 otherwise. Counts anew afterwards. */
  takeDropped: (now: number) => number;
  readonly pending: boolean;
}

const MAX_LINES = 5;
const WINDOW_MS = 1000;

export function createLogLimit(): LogLimit {
  let started = -Infinity;
  let shown = 0;
  let dropped = 0;
  return {
    allow(now) {
      if (now - started >= WINDOW_MS) {
        started = now;
        shown = 0;
      }
      shown += 1;
      if (shown <= MAX_LINES) return true;
      dropped += 1;
      return false;
    },
    takeDropped(now) {
      if (now - started < WINDOW_MS) return 0;
      const count = dropped;
      dropped = 0;
      return count;
    },
    get pending() {
      return dropped > 0;
    },
  };
}
