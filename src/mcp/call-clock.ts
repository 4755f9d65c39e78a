import { MAX_TIMER_MS, now } from '../core/clock.js';
import { OstlerError } from '../core/errors.js';
import { linkAbort } from '../core/linked-abort.js';

export interface CallClock {
  /** Fires with the parent, or with `timeout`. */
  readonly signal: AbortSignal;
  /** The server is alive: its time begins anew, within all the time there is. */
  renew: () => void;
  /** Stands still while the server itself waits for an answer; returns the way to go on. */
  hold: () => () => void;
  /** Ends it now. */
  fail: (error: OstlerError) => void;
  /** Stops the clock; call it in `finally`. */
  clear: () => void;
}

export interface CallClockOptions {
  /** Milliseconds. */
  ms: number;
  /** Signs of life renew the time, up to this many times its length in all. */
  renewals: number;
  server: string;
  /** What takes the time, as it may be shown. */
  what: string;
  parent: AbortSignal;
}

/** The time of one call. */
export function createCallClock({
  ms,
  renewals,
  server,
  what,
  parent,
}: CallClockOptions): CallClock {
  const link = linkAbort(parent);
  let left = Math.min(MAX_TIMER_MS, ms * renewals);
  let timer: NodeJS.Timeout | undefined;
  let startedAt = now();
  let holders = 0;
  let cleared = false;

  const fire = (limit: number) => {
    const seconds = Math.round(limit / 100) / 10;
    link.abort(
      new OstlerError('timeout', `${server}: ${what} took longer than ${seconds} s.`, {
        server,
        hint: 'Give it more time with --timeout, or timeout: in the configuration.',
      }),
    );
  };
  const stop = () => {
    if (timer === undefined) return;
    clearTimeout(timer);
    timer = undefined;
    left -= now() - startedAt;
  };
  const start = () => {
    if (cleared || holders > 0) return;
    stop();
    startedAt = now();
    const limit = left < ms ? ms * renewals : ms;
    timer = setTimeout(fire, Math.max(0, Math.min(ms, left, MAX_TIMER_MS)), limit);
  };
  start();

  return {
    signal: link.signal,
    renew: start,
    fail: link.abort,
    hold() {
      holders += 1;
      stop();
      let held = true;
      return () => {
        if (held) holders -= 1;
        held = false;
        start();
      };
    },
    clear() {
      cleared = true;
      stop();
      link.release();
    },
  };
}
