import { OstlerError } from '../core/errors.js';
import { isOn, type Flags } from './commands/command.js';

/** What `-c`, `-r`, `--session` and `--no-session` ask for. */
export type SessionChoice =
  /** A new session: the chat keeps it, one prompt does not. */
  | { kind: 'new' }
  /** Nothing is kept. */
  | { kind: 'none' }
  /** The newest one of this directory. */
  | { kind: 'latest' }
  /** One that a person has to choose. */
  | { kind: 'pick' }
  /** By id, beginning of an id, name or path. */
  | { kind: 'stored'; id: string }
  /** The one in this file, or a new one that is written there. */
  | { kind: 'file'; path: string };

/** Throws `usage` for flags that contradict each other. A flag beats the environment. */
export function toSessionChoice(flags: Flags, env: NodeJS.ProcessEnv): SessionChoice {
  const { continue: newest, resume, session } = flags;
  const given = [
    ...(newest === true ? ['--continue'] : []),
    ...(resume === undefined ? [] : ['--resume']),
    ...(session === undefined ? [] : [session === false ? '--no-session' : '--session']),
  ];
  const [first, second] = given;
  if (second !== undefined) {
    throw new OstlerError('usage', `${first} and ${second} cannot be given together.`);
  }
  if (newest === true) return { kind: 'latest' };
  if (resume === true) return { kind: 'pick' };
  if (typeof resume === 'string') return { kind: 'stored', id: resume };
  if (typeof session === 'string') return { kind: 'file', path: session };
  if (session === false || isOn(env['OSTLER_NO_SESSION'])) return { kind: 'none' };
  return { kind: 'new' };
}
