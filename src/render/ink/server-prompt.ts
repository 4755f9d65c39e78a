import type { Chat, Outgoing, PromptView } from '../../core/chat.js';
import { OstlerError } from '../../core/errors.js';
import { askMissing, readPromptArguments } from './prompt-arguments.js';
import { safeLine } from './safe.js';
import type { Screen } from './types.js';

export interface ServerPromptContext {
  chat: Chat;
  screen: Pick<Screen, 'ask'>;
  signal: AbortSignal;
}

/** `/<server>:<prompt> arguments`; undefined when no server has such a prompt. */
export async function toServerPrompt(
  input: string,
  context: ServerPromptContext,
): Promise<Outgoing | undefined> {
  const { chat, signal } = context;
  if (!input.includes(':')) return undefined;
  const prompt = longestMatch(input, await chat.prompts.list(signal));
  if (prompt === undefined) return undefined;
  const args = input.slice(promptTitle(prompt).length).trim();
  const given = readPromptArguments(prompt, args);
  const complete = await askMissing(prompt, given, context.screen);
  const { server, name } = prompt;
  const messages = await chat.prompts.get({ server, name, args: complete }, signal);
  if (messages.length === 0) {
    throw new OstlerError(
      'protocol_error',
      `${safeLine(promptTitle(prompt), 200)} has no messages.`,
    );
  }
  return { text: input, messages };
}

/** What is typed to send it. */
export function promptTitle({ server, name }: PromptView): string {
  return `/${server}:${name}`;
}

/** Names may hold blanks: of all prompts the input begins with, the one with the longest name. */
function longestMatch(input: string, prompts: readonly PromptView[]): PromptView | undefined {
  return prompts
    .filter((prompt) => {
      const title = promptTitle(prompt);
      return input.startsWith(title) && /^(?:\s|$)/.test(input.slice(title.length));
    })
    .toSorted((a, b) => promptTitle(b).length - promptTitle(a).length)[0];
}
