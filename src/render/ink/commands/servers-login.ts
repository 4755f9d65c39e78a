import { safeLine } from '../safe.js';
import type { CommandContext } from '../types.js';
import { onlyWord, requireServer } from './parts.js';
import { describeServer } from './servers-connect.js';

/** `/servers login <name>`: the question of the login comes by itself. */
export async function loginServer(args: string, context: CommandContext): Promise<void> {
  const { chat, screen, signal } = context;
  const { name } = requireServer(chat, onlyWord(args));
  const busy = screen.busy(`Logging in to ${safeLine(name, 60)} · Esc ends it`);
  try {
    const status = await chat.servers.login(name, signal);
    screen.note('success', describeServer(status));
  } finally {
    busy.end();
  }
}

/** `/servers logout <name>`. */
export async function logoutServer(args: string, { chat, screen }: CommandContext): Promise<void> {
  const { name } = requireServer(chat, onlyWord(args));
  const had = await chat.servers.logout(name);
  const shown = safeLine(name, 60);
  if (had) {
    screen.note('success', `The login of ${shown} is forgotten. Again: /servers login ${shown}`);
  } else {
    screen.note('info', `There is no login of ${shown}.`);
  }
}
