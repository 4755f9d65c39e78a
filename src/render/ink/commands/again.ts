import type { Outgoing } from '../../../core/chat.js';
import { OstlerError } from '../../../core/errors.js';
import { toMessage } from '../mentions.js';
import { safeLine } from '../safe.js';
import { toServerPrompt } from '../server-prompt.js';
import { parseSlash } from '../slash.js';
import type { Command, CommandContext } from '../types.js';
import { usage } from './parts.js';

export const retry: Command = {
  name: 'retry',
  summary: 'send the last prompt again, without its answer',
  async run(_args, context) {
    const { chat, screen } = context;
    const text = chat.conversation.prompts().at(-1);
    if (text === undefined) throw nothing();
    const message = await toSend(text, context).catch((error: unknown) => {
      // A file may be gone by now; the text is still worth an answer.
      if (error instanceof OstlerError && error.code !== 'interrupted') return { text };
      throw error;
    });
    chat.conversation.undo();
    screen.submit(message);
  },
};

/** A prompt of a server is asked for again: its words may be others now. */
async function toSend(text: string, context: CommandContext): Promise<Outgoing> {
  const prompt = text.startsWith('/') ? await toServerPrompt(text, context) : undefined;
  return prompt ?? toMessage(text, context);
}

export const edit: Command = {
  name: 'edit',
  summary: 'take the last prompt back into the input',
  async run(_args, { chat, screen }) {
    screen.setInput(toInput(takeBack(chat)));
    await Promise.resolve();
  },
};

/** A message that begins with a slash was typed with two. */
function toInput(text: string): string {
  const slash = parseSlash(text);
  return slash === undefined || slash.name.includes(':') ? text : `/${text}`;
}

export const undo: Command = {
  name: 'undo',
  summary: 'forget the last prompt and its answer',
  async run(_args, { chat, screen }) {
    screen.note('success', `Forgotten: ${safeLine(takeBack(chat), 100)}`);
    await Promise.resolve();
  },
};

function takeBack(chat: CommandContext['chat']): string {
  const text = chat.conversation.undo();
  if (text === undefined) throw nothing();
  return text;
}

function nothing(): OstlerError {
  return usage('There is no prompt yet.', 'Earlier sessions: /resume');
}
