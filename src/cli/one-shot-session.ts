import type { LoadedSession } from '../app/sessions/types.js';
import type { ChatOptions } from './chat-options.js';
import type { Flags } from './commands/command.js';
import type { Io } from './io.js';

/** The session that one prompt goes on with. Without a flag there is none: a script leaves nothing behind. */
export async function openStored(
  { session }: Pick<ChatOptions, 'session'>,
  { env, cwd }: Pick<Io, 'env' | 'cwd'>,
): Promise<LoadedSession | undefined> {
  if (session.kind === 'new' || session.kind === 'none') return undefined;
  const [{ statePaths }, { createUserSessions, openChosenSession }, { createSessionId }] =
    await Promise.all([
      import('../config/paths.js'),
      import('./open-session.js'),
      import('../app/frame.js'),
    ]);
  const store = createUserSessions(await statePaths(env), cwd);
  return openChosenSession(session, store, { id: createSessionId(), model: '' });
}

/** A session goes on with its own model, unless a flag or a variable names another one. */
export function withModelOf(
  stored: Pick<LoadedSession, 'summary'> | undefined,
  flags: Flags,
  env: NodeJS.ProcessEnv,
): Flags {
  const model = stored?.summary.model ?? '';
  if (model === '' || flags['model'] !== undefined || (env['OSTLER_MODEL'] ?? '') !== '') {
    return flags;
  }
  return { ...flags, model };
}
