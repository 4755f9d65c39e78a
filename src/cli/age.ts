import { OstlerError } from '../core/errors.js';
import { toTerminalLine } from '../core/terminal-text.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;

const UNITS: Readonly<Record<string, number>> = {
  m: MINUTE_MS,
  h: HOUR_MS,
  d: DAY_MS,
  w: WEEK_MS,
};

/** Milliseconds of `45m`, `12h`, `30d`, `4w`. Throws `usage`. */
export function parseAge(text: string, flag: string): number {
  const [, amount = '', unit = ''] = /^(\d{1,6})([mhdw])$/.exec(text.trim()) ?? [];
  const ms = UNITS[unit];
  if (ms !== undefined) return Number(amount) * ms;
  const got = toTerminalLine(text);
  throw new OstlerError('usage', `${flag} is an age such as 12h, 30d or 4w (got "${got}").`);
}

/** One short word for how long ago something was: `now`, `5 min`, `3 h`, `12 d`, `7 w`. */
export function formatAge(ms: number): string {
  if (!(ms >= MINUTE_MS)) return 'now';
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`;
  if (ms < DAY_MS) return `${Math.floor(ms / HOUR_MS)} h`;
  if (ms < 8 * WEEK_MS) return `${Math.floor(ms / DAY_MS)} d`;
  return `${Math.floor(ms / WEEK_MS)} w`;
}
