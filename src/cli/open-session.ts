import path from 'node:path';
import { createSessionStore } from '../app/sessions/store.js';
import type { LoadedSession, NewSession, SessionStore } from '../app/sessions/types.js';
import type { StatePaths } from '../config/paths.js';
import { OstlerError } from '../core/errors.js';
import type { SessionChoice } from './session-choice.js';

/** The user's sessions; new ones are of this directory. */
export function createUserSessions(paths: StatePaths, cwd: string): SessionStore {
  return createSessionStore({ dir: path.join(paths.data, 'sessions'), cwd });
}

/**
 * The session that was asked for; undefined when a new one was, or none. Throws `usage` when there
 * is none, and for `pick`, which needs a person.
 */
export async function openChosenSession(
  choice: SessionChoice,
  store: SessionStore,
  start: NewSession,
): Promise<LoadedSession | undefined> {
  switch (choice.kind) {
    case 'new':
    case 'none':
      return undefined;
    case 'stored':
      return store.open(choice.id);
    case 'file':
      return store.openFile(choice.path, start);
    case 'latest': {
      const latest = await store.latest();
      if (latest !== undefined) return store.open(latest.id);
      throw new OstlerError('usage', 'There is no session of this directory to go on with.', {
        hint: 'See those of others: ostler sessions list --all',
      });
    }
    case 'pick':
      throw new OstlerError('usage', 'Which session? --resume needs an id or a name here.', {
        hint: 'See what there is: ostler sessions list',
      });
  }
}
