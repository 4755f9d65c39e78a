import { OstlerError } from '../../core/errors.js';
import { toTerminalLine } from '../../core/terminal-text.js';
import { isUrlTarget } from '../target.js';

const PLAIN = /^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u;
const MAX_LENGTH = 64;
/** Words of --require-servers. */
const RESERVED = new Set(['all', 'any']);

/**
 * Checks the name of a new server: it is typed in commands, in lists parted by commas and in
 * `server/tool` globs. Throws `usage`, with a name that would do.
 */
export function checkNewName(name: string): void {
  const why = badName(name);
  if (why === undefined) return;
  const better = nearestName(name);
  throw new OstlerError('usage', `"${toTerminalLine(name.slice(0, 80))}" ${why}.`, {
    hint: better === undefined ? 'Give a short name: letters, digits, . _ -' : `Try: ${better}`,
  });
}

/** Why a name will not do, as the end of a sentence. */
export function badName(name: string): string | undefined {
  if (name.trim() === '') return 'is no name: a server needs one';
  if (name === '__proto__') return 'cannot be the name of a server';
  if (RESERVED.has(name))
    return 'cannot be the name of a server: --require-servers has a use for it';
  if (isUrlTarget(name)) return 'is a URL: the name comes first';
  if (name.length > MAX_LENGTH) return `is longer than ${MAX_LENGTH} characters`;
  return PLAIN.test(name) ? undefined : 'is no name for a server: only letters, digits, . _ and -';
}

/** A name much like it that would do, or undefined. */
export function nearestName(name: string): string | undefined {
  if (isUrlTarget(name)) return undefined;
  const better = name
    .trim()
    .replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')
    .replaceAll(/^[._-]+|-+$/g, '')
    .slice(0, MAX_LENGTH);
  return better === '' || badName(better) !== undefined ? undefined : better;
}
