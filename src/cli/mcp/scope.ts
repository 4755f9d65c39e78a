import { SCOPES, type Scope } from '../../config/edit/scopes.js';
import { parseGiven } from '../../config/flags.js';
import { toOneOf } from '../../config/values.js';
import type { Flags } from '../commands/command.js';

/** `--scope`; undefined when it is not given. Throws `usage`. */
export function scopeFlag(flags: Flags): Scope | undefined {
  const raw = flags['scope'];
  if (raw === undefined || typeof raw === 'boolean') return undefined;
  return parseGiven({ raw, origin: { layer: 'flag', where: '--scope' } }, toOneOf(SCOPES));
}
