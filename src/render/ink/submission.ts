import type { Chat, Outgoing, PromptView } from '../../core/chat.js';
import { OstlerError } from '../../core/errors.js';
import { nearest } from '../../core/nearest.js';
import { COMMANDS, findCommand } from './commands/index.js';
import { fillCustomPrompt } from './custom-prompt.js';
import { toMessage } from './mentions.js';
import { promptTitle, toServerPrompt } from './server-prompt.js';
import { parseSlash } from './slash.js';
import type { CustomPrompt, Machine, Screen, Submission } from './types.js';

export interface SubmissionContext {
  chat: Chat;
  machine: Machine;
  screen: Pick<Screen, 'ask'>;
  signal: AbortSignal;
}

/**
 * What the input means. Rejects with an `OstlerError` when it cannot be sent as it is: a file that
 * is not there, an argument that is missing.
 */
export async function toSubmission(text: string, context: SubmissionContext): Promise<Submission> {
  const input = text.trim();
  if (input.startsWith('!')) return toShell(input.slice(1).trim());
  if (input.startsWith('//')) return message(input.slice(1), context);
  const slash = parseSlash(input);
  if (slash === undefined) return message(input, context);
  const command = findCommand(slash.name);
  if (command !== undefined) return { kind: 'command', command, args: slash.args };
  return (
    asMessage(await toServerPrompt(input, context)) ??
    (await customPrompt(slash, context)) ??
    (slash.name.includes('/') ? message(input, context) : unknown(slash.name, context))
  );
}

function toShell(line: string): Submission {
  if (line !== '') return { kind: 'shell', line };
  throw new OstlerError('usage', 'There is no line to run.', { hint: 'For example: !ls' });
}

function asMessage(sent: Outgoing | undefined): Submission | undefined {
  return sent === undefined ? undefined : { kind: 'message', message: sent };
}

async function message(text: string, context: SubmissionContext): Promise<Submission> {
  return { kind: 'message', message: await toMessage(text, context) };
}

async function customPrompt(
  { name, args }: { name: string; args: string },
  context: SubmissionContext,
): Promise<Submission | undefined> {
  const prompts = await context.machine.prompts();
  const prompt = prompts.find((candidate) => candidate.name === name);
  if (prompt === undefined) return undefined;
  // Only what was typed is looked through for mentions: the file may speak of them.
  const { attachments } = await toMessage(args, context);
  const text = fillCustomPrompt(prompt.body, args);
  return {
    kind: 'message',
    message: attachments === undefined ? { text } : { text, attachments },
  };
}

async function unknown(name: string, context: SubmissionContext): Promise<Submission> {
  if (name === '') return { kind: 'unknown-command', name, nearest: 'help' };
  const [prompts, own] = await Promise.all([
    context.chat.prompts.list(context.signal),
    context.machine.prompts(),
  ]);
  const found = nearest(name, knownNames(prompts, own));
  return found === undefined
    ? { kind: 'unknown-command', name }
    : { kind: 'unknown-command', name, nearest: found };
}

function knownNames(prompts: readonly PromptView[], own: readonly CustomPrompt[]): string[] {
  return [
    ...COMMANDS.flatMap(({ name, aliases = [] }) => [name, ...aliases]),
    ...own.map(({ name }) => name),
    ...prompts.map((prompt) => promptTitle(prompt).slice(1)),
  ];
}
