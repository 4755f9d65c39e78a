import { isUrlTarget } from '../../config/target.js';
import { OstlerError } from '../../core/errors.js';
import { toTerminalLine } from '../../core/terminal-text.js';
import type { TargetWords } from '../server-target.js';

export interface CommandWords {
  /** Undefined: no server was named. */
  target: TargetWords | undefined;
  /** What follows the server. */
  rest: readonly string[];
}

export interface WordRules {
  /** Words that may follow the server; default: any number. */
  most?: number;
  /** A word after the server may be a URI, so that one is no second server. */
  uris?: boolean;
}

/**
 * Tells the server from the other words: it is the first one, unless a command stands behind `--`.
 * Throws `usage` when there are two servers, or more words than the command takes.
 */
export function splitTarget(
  words: readonly string[],
  behind: readonly string[] | undefined,
  { most = Infinity, uris = false }: WordRules = {},
): CommandWords {
  const [first, ...others] = words;
  if (behind === undefined) {
    checkCount(others, most);
    return { target: first, rest: others };
  }
  if (first !== undefined && isUrlTarget(first) && !(uris && others.length < most)) {
    throw new OstlerError('usage', 'There are two servers: a URL, and a command behind --.', {
      hint: 'Give one of them.',
    });
  }
  checkCount(words, most);
  return { target: behind, rest: words };
}

function checkCount(words: readonly string[], most: number): void {
  const extra = words[most];
  if (extra === undefined) return;
  throw new OstlerError('usage', `"${toTerminalLine(extra)}" is one word too many.`);
}

/** The server, which has to be there. Throws `usage`. */
export function neededTarget(target: TargetWords | undefined, usage: string): TargetWords {
  if (target !== undefined) return target;
  throw new OstlerError('usage', 'Which server?', { hint: usage });
}

/** The server as it would be typed again, before the other words and behind them. */
export function typedTarget(target: TargetWords): { before: string; behind: string } {
  if (typeof target === 'string') return { before: ` ${quote(target)}`, behind: '' };
  return { before: '', behind: ` -- ${target.map(quote).join(' ')}` };
}

/** A word for a POSIX shell. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
