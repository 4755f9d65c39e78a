import { MAX_TIMER_MS } from '../core/clock.js';
import { toTerminalLine } from '../core/terminal-text.js';

/** A value that cannot be what its key or flag asks for. The message names no key and no secret. */
export class BadValue extends Error {}

/** Turns a raw value (a flag's text, a value of a file) into what the program uses, or throws `BadValue`. */
export type Parser<T> = (raw: unknown) => T;

/** `(got "abc")`, safe to print; nothing for values that are no plain scalar. */
export function got(raw: unknown): string {
  if (typeof raw !== 'string' && typeof raw !== 'number' && typeof raw !== 'boolean') return '';
  const text = String(raw);
  return ` (got ${JSON.stringify(toTerminalLine(text.length > 60 ? `${text.slice(0, 60)}…` : text))})`;
}

export const toText: Parser<string> = (raw) => {
  if (typeof raw !== 'string') throw new BadValue(`must be a text${got(raw)}`);
  if (raw.trim() === '') throw new BadValue('is empty');
  return raw;
};

export const toNumber: Parser<number> = (raw) => {
  const value = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : raw;
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new BadValue(`not a number${got(raw)}`);
  }
  return value;
};

/** A whole number of at least `min`. */
export function toWhole(min: number): Parser<number> {
  return (raw) => {
    const value = toNumber(raw);
    if (!Number.isSafeInteger(value)) throw new BadValue(`not a whole number${got(raw)}`);
    if (value < min) throw new BadValue(`must be at least ${min}${got(raw)}`);
    return value;
  };
}

const TRUE = new Set(['true', '1', 'yes', 'on']);
const FALSE = new Set(['false', '0', 'no', 'off']);

export const toBoolean: Parser<boolean> = (raw) => {
  const text = String(raw).trim().toLowerCase();
  if (TRUE.has(text)) return true;
  if (FALSE.has(text)) return false;
  throw new BadValue(`must be true or false${got(raw)}`);
};

export function toOneOf<const T extends string>(choices: readonly T[]): Parser<T> {
  return (raw) => {
    const text = String(raw).trim().toLowerCase();
    const found = choices.find((choice) => choice === text);
    if (found === undefined) throw new BadValue(`must be ${orList(choices)}${got(raw)}`);
    return found;
  };
}

/** `a, b or c`. */
export function orList(items: readonly string[]): string {
  return items.length < 2
    ? items.join('')
    : `${items.slice(0, -1).join(', ')} or ${items[items.length - 1] ?? ''}`;
}

/** One text or several. */
export const toTexts: Parser<readonly string[]> = (raw) =>
  (Array.isArray(raw) ? raw : [raw]).map((item) => toText(item).trim());

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/;
const DURATION_PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g;

/** Milliseconds of `90` (seconds), `90s`, `1h30m`, `500ms` (https://pkg.go.dev/time#ParseDuration). */
export const toDurationMs: Parser<number> = (raw) => {
  const text = String(raw).trim();
  if (/^\d+(\.\d+)?$/.test(text)) return limitMs(Number(text) * 1000, raw);
  if (!DURATION.test(text)) throw new BadValue(`not a duration such as 90, 90s or 2m${got(raw)}`);
  let total = 0;
  for (const [, amount, unit = ''] of text.matchAll(DURATION_PART)) {
    total += Number(amount) * (UNIT_MS[unit] ?? 0);
  }
  return limitMs(total, raw);
};

function limitMs(ms: number, raw: unknown): number {
  if (ms > MAX_TIMER_MS) throw new BadValue(`longer than 24 days${got(raw)}`);
  return Math.round(ms);
}

/** Ollama's keep_alive: seconds as a number, a Go duration as text; negative = for ever. */
export const toKeepAlive: Parser<string | number> = (raw) => {
  const text = String(raw).trim();
  if (/^-?\d+$/.test(text)) return Number(text);
  if (DURATION.test(text.replace(/^-/, '')) && !text.endsWith('d')) return text;
  throw new BadValue(`must be seconds or a duration such as 10m, -1 for ever${got(raw)}`);
};
