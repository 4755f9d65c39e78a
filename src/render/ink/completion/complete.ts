import { COMMANDS, findCommand } from '../commands/index.js';
import { asksForArguments } from '../custom-prompt.js';
import { safeLine } from '../safe.js';
import { parseSlash, type Slash } from '../slash.js';
import type { Command, Complete, Completion, CompletionItem, CustomPrompt } from '../types.js';
import { toCompletion, type CompletionContext } from './items.js';
import { completeMention } from './mention.js';
import { completePromptArguments, promptItems } from './prompts.js';
import { rank } from './rank.js';

export type CompleterOptions = Omit<CompletionContext, 'signal'>;

/**
 * What could stand at the cursor: commands and their arguments, prompts of servers and their
 * arguments, files and resources behind `@`. Never throws; what fails or takes longer than a second
 * is left out.
 */
export function createCompleter(options: CompleterOptions): Complete {
  return async (text, cursor, signal) => {
    try {
      if (text.startsWith('!')) return undefined;
      const found = await complete(text, cursor, { ...options, signal });
      return signal.aborted ? undefined : found;
    } catch {
      // A menu that cannot be shown is no failure worth a line.
      return undefined;
    }
  };
}

async function complete(
  text: string,
  cursor: number,
  context: CompletionContext,
): Promise<Completion | undefined> {
  const slash = parseSlash(text);
  if (slash === undefined) return completeMention(text, cursor, context);
  const nameEnd = 1 + slash.name.length;
  if (cursor > 0 && cursor <= nameEnd) return completeName(text.slice(0, cursor), nameEnd, context);
  if (cursor < slash.argsStart) return undefined;
  const command = findCommand(slash.name);
  if (command !== undefined) return completeArguments(command, slash, cursor, context);
  return (
    (await completePromptArguments(text, cursor, context)) ?? completeMention(text, cursor, context)
  );
}

/** The word behind the slash: commands, prompts of the person's own, prompts of servers. */
async function completeName(
  typed: string,
  end: number,
  context: CompletionContext,
): Promise<Completion | undefined> {
  const own = await context.machine.prompts().catch(() => []);
  const items = [
    ...COMMANDS.map(commandItem),
    ...own.filter(({ name }) => findCommand(name) === undefined).map(ownItem),
    ...(await promptItems(context)),
  ];
  const query = typed.slice(1);
  const alias = findCommand(query);
  const found = await rank(items, query, ({ label }) => label.slice(1));
  const meant = items.filter(({ label }) => label === `/${alias?.name ?? ''}`);
  return toCompletion({ start: 0, end }, typed, [
    ...meant,
    ...found.filter((item) => !meant.includes(item)),
  ]);
}

function commandItem(command: Command): CompletionItem {
  const { name, summary } = command;
  return {
    label: `/${name}`,
    insert: command.arguments === undefined ? `/${name}` : `/${name} `,
    detail: summary,
    ...(command.arguments === undefined ? {} : { more: true }),
    ...(command.arguments === 'required' ? {} : { submit: true }),
  };
}

function ownItem({ name, description, file, body, scope }: CustomPrompt): CompletionItem {
  const from = scope === 'project' ? ' (of this project)' : '';
  return {
    label: `/${safeLine(name, 100)}`,
    insert: `/${name} `,
    detail: safeLine(`${description ?? file}${from}`, 200),
    ...(asksForArguments(body) ? {} : { submit: true }),
  };
}

async function completeArguments(
  command: Command,
  { args, argsStart }: Slash,
  cursor: number,
  context: CompletionContext,
): Promise<Completion | undefined> {
  const found = await command.complete?.(args, cursor - argsStart, context);
  if (found === undefined) return undefined;
  const { start, end } = found.range;
  const typed = args.slice(start, cursor - argsStart).replace(/^["']/, '');
  const ranked = await rank(found.items, typed, ({ label }) => label);
  return toCompletion({ start: start + argsStart, end: end + argsStart }, typed, ranked);
}
