/**
 * The one redactor. Every secret the program learns (header values, tokens, passwords in URLs,
 * secret environment values) is registered once; every sink (terminal, pipe, log, trace, session,
 * error text) passes its text through `redact`. Process-wide on purpose: a secret has no scope.
 */

/** What stands in a secret's place. */
export const REDACTED = '[REDACTED]';

/** Shorter values are not replaced: they occur in ordinary text and are no secret worth the name. */
export const MIN_SECRET_LENGTH = 6;

/** Every spelling of every secret, longest first, so that `Bearer x` is not cut to pieces. */
let spellings: string[] = [];

/** Registers a secret in the spellings it may turn up in: raw, URL-encoded, base64 and JSON-escaped. */
export function registerSecret(value: string): void {
  const raw = value.trim();
  if (raw.length < MIN_SECRET_LENGTH) return;
  const known = new Set(spellings);
  for (const spelling of [
    raw,
    encodeURIComponent(raw),
    JSON.stringify(raw).slice(1, -1),
    Buffer.from(raw, 'utf8').toString('base64'),
    Buffer.from(raw, 'utf8').toString('base64url'),
  ]) {
    known.add(spelling);
  }
  spellings = [...known].toSorted((a, b) => b.length - a.length);
}

/** Registers a header value, and the credential alone when it is written `Scheme credential`. */
export function registerHeaderSecret(value: string): void {
  registerSecret(value);
  const space = value.trim().indexOf(' ');
  if (space > 0) registerSecret(value.trim().slice(space + 1));
}

/** Forgets all secrets; for tests. */
export function forgetSecrets(): void {
  spellings = [];
}

/** The text with every registered secret replaced. */
export function redact(text: string): string {
  let result = text;
  for (const spelling of spellings) {
    if (result.includes(spelling)) result = result.replaceAll(spelling, REDACTED);
  }
  return result;
}

/** `redact` over every string of a JSON value, keys included. */
export function redactValue<T>(value: T): T {
  if (spellings.length === 0) return value;
  return redactDeep(value) as T;
}

function redactDeep(value: unknown): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map(redactDeep);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [redact(key), redactDeep(item)]),
    );
  }
  return value;
}

/** Redacts a text that arrives in pieces; a secret cut in two by a piece's edge is still found. */
export interface RedactStream {
  /** What can be shown by now; the rest is held back until it can no longer be part of a secret. */
  push: (piece: string) => string;
  /** What was held back. */
  flush: () => string;
}

export function createRedactStream(): RedactStream {
  let held = '';
  return {
    push(piece) {
      if (spellings.length === 0 && held === '') return piece;
      const text = redact(held + piece);
      const keep = longestSecretStart(text);
      held = text.slice(text.length - keep);
      return text.slice(0, text.length - keep);
    },
    flush() {
      const rest = redact(held);
      held = '';
      return rest;
    },
  };
}

/** Length of the longest end of `text` that a secret begins with. */
function longestSecretStart(text: string): number {
  let longest = 0;
  for (const spelling of spellings) {
    const from = Math.min(spelling.length - 1, text.length);
    for (let length = from; length > longest; length -= 1) {
      if (spelling.startsWith(text.slice(text.length - length))) {
        longest = length;
        break;
      }
    }
  }
  return longest;
}
