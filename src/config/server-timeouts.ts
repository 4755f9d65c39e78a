import { BadValue, toDurationMs } from './values.js';

/** Numbers from here on are milliseconds: hosts differ, and none has calls of 83 minutes or limits of 5 ms. */
const MILLISECONDS_FROM = 5000;

/**
 * A server entry's time limit in milliseconds. Texts carry a unit. Of bare numbers, Cline writes
 * seconds (up to 3600), gemini-cli and opencode milliseconds (from 5000 on).
 */
export function toServerTimeoutMs(raw: unknown): number {
  const number = typeof raw === 'number' || /^\d+$/.test(String(raw)) ? Number(raw) : undefined;
  const ms =
    number !== undefined && number >= MILLISECONDS_FROM
      ? toDurationMs(`${number}ms`)
      : toDurationMs(raw);
  if (ms === 0) throw new BadValue('must be longer than 0');
  return ms;
}
