import { isRecord } from '../core/json.js';
import { shown } from './shown.js';

/** Skipped items that are named one by one. */
const MAX_NAMED = 5;

/** The name of an item of a list, as it may be shown. */
export function nameOf(raw: unknown, key = 'name'): string {
  const name = isRecord(raw) && typeof raw[key] === 'string' ? raw[key] : '?';
  return shown(name, 60);
}

/** What is told of malformed items of a list; `what` is e.g. `tool(s)`. */
export function skippedMessage(server: string, what: string, skipped: readonly string[]): string {
  const more = skipped.length - MAX_NAMED;
  const named = skipped.slice(0, MAX_NAMED).join(', ');
  return `${server}: ${skipped.length} ${what} left out: ${named}${more > 0 ? ` and ${more} more` : ''}`;
}
