import { OstlerError } from '../../core/errors.js';
import { redact } from '../../core/redact.js';

const MAX_LENGTH = 80;

/** A name on one line, without characters that cannot be seen. Throws `usage` when nothing is left of it. */
export function toSessionName(text: string): string {
  const name = redact(text.slice(0, MAX_LENGTH * 8))
    .normalize('NFC')
    .replaceAll(/[\p{C}\p{Z}\s]+/gu, ' ')
    .trim();
  if (name === '') {
    throw new OstlerError('usage', 'A session cannot have an empty name.', {
      hint: 'Give it a few words, e.g. /rename release notes',
    });
  }
  return [...name].slice(0, MAX_LENGTH).join('').trim();
}

/** Names are the same whatever their case. */
export function isSameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
