import { redact } from '../core/redact.js';

/** Messages of one server in a second that are passed on. */
const PER_SECOND = 100;
/** Characters of one message. */
const MAX_CHARS = 8192;
/** Characters that are looked at at all. */
export const READ_CHARS = MAX_CHARS + 4096;
const WINDOW_MS = 1000;

export interface LogLine {
  level: string;
  text: string;
}

export interface LogLimit {
  push: (line: LogLine) => void;
  /** Tells what was left out until now, and starts no timer any more. */
  stop: () => void;
}

/** Passes on what a person could read: long messages are cut, and of a flood only the beginning of each second. */
export function createLogLimit(emit: (line: LogLine) => void): LogLimit {
  let count = 0;
  let leftOut = 0;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const turn = () => {
    timer = undefined;
    count = 0;
    if (leftOut > 0) emit({ level: 'warning', text: `… ${leftOut} messages left out` });
    leftOut = 0;
  };
  return {
    push({ level, text }) {
      if (stopped) return;
      timer ??= setTimeout(turn, WINDOW_MS).unref();
      count += 1;
      if (count > PER_SECOND) leftOut += 1;
      else emit({ level: level.slice(0, 32), text: cut(text) });
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      turn();
    },
  };
}

/** Secrets are taken out before the cut, which could go through one. */
function cut(text: string): string {
  const safe = redact(text.slice(0, READ_CHARS));
  return safe.length > MAX_CHARS ? `${safe.slice(0, MAX_CHARS)}…`.toWellFormed() : safe;
}
