import path from 'node:path';
import type { SessionSummary } from '../../core/chat.js';
import { OstlerError } from '../../core/errors.js';
import { toTerminalLine } from '../../core/terminal-text.js';
import { isSameName } from './name.js';

/** A word that can be an id, and so the name of a file in the directory of sessions. */
export function isSessionId(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/.test(text);
}

export function isPath(text: string): boolean {
  return text.endsWith('.jsonl') || text.includes('/') || text.includes(path.sep);
}

/**
 * The one session that is meant by a name, or by the beginning of an id. Of several with the same
 * name the one of this directory counts. Throws `usage` when there is none, or several.
 */
export function findSession(
  wanted: string,
  { sessions, cwd }: { sessions: readonly SessionSummary[]; cwd: string },
): SessionSummary {
  const named = sessions.filter(({ name }) => name !== undefined && isSameName(name, wanted));
  const here = named.filter((session) => session.cwd === cwd);
  const found = [here, named, sessions.filter(({ id }) => id.startsWith(wanted))].find(
    (candidates) => candidates.length > 0,
  );
  const [first, second] = found ?? [];
  const shown = toTerminalLine(wanted);
  if (first === undefined || wanted === '') {
    throw new OstlerError('usage', `There is no session "${shown}".`, {
      hint: 'See what there is: ostler sessions list --all',
    });
  }
  if (second === undefined) return first;
  const ids = (found ?? []).slice(0, 5).map(({ id }) => id);
  throw new OstlerError('usage', `Several sessions are meant by "${shown}".`, {
    hint: `Give an id: ${ids.join(', ')}${(found ?? []).length > ids.length ? ', …' : ''}`,
  });
}
