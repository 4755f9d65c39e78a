import { LOG_LEVELS } from '../../../core/log-level.js';
import type { Candidate } from '../completion/items.js';
import { safeLine } from '../safe.js';
import type { CommandContext } from '../types.js';
import { firstWord, oneOf, onlyWord, requireServer, usage } from './parts.js';

export const LEVELS: readonly Candidate[] = LOG_LEVELS.map((value) => ({ value }));

/** `/servers log <name> <level>` (server/utilities/logging). */
export async function setLogLevel(args: string, context: CommandContext): Promise<void> {
  const { chat, screen, signal } = context;
  const [word, rest] = firstWord(args);
  const { name } = requireServer(chat, word);
  if (rest === '') throw usage('Which level?', `One of: ${LOG_LEVELS.join(', ')}.`);
  const level = oneOf(onlyWord(rest), LOG_LEVELS, 'level');
  await chat.servers.setLogLevel(name, level, signal);
  const shown = safeLine(name, 60);
  screen.note('success', `${shown} may log from ${level} on: /servers logs ${shown}`);
}
