import type { PromptView } from '../../../core/chat.js';
import { readPromptArguments, type PromptArguments } from '../prompt-arguments.js';
import { safeLine } from '../safe.js';
import { promptTitle } from '../server-prompt.js';
import type { Completion, CompletionItem } from '../types.js';
import { quoteWord, wordAt, type Word } from '../words.js';
import { canInsert, toCompletion, type CompletionContext } from './items.js';
import { rank } from './rank.js';
import { recall } from './recall.js';

/** The menu of names does not wait for a slow server. */
const NAMES_WAIT_MS = 60;
/** Answers of servers hold until a server changes, and at most this long. */
const VALUES_HOLD_MS = 10 * 60_000;

/** `/<server>:<prompt>` of all connected servers; none while a server takes its time. */
export async function promptItems(context: CompletionContext): Promise<readonly CompletionItem[]> {
  const prompts = await listPrompts(context, NAMES_WAIT_MS).catch(() => []);
  return prompts.flatMap((prompt) => {
    const title = promptTitle(prompt);
    if (!canInsert(title)) return [];
    const takes = prompt.arguments.length > 0;
    const needs = prompt.arguments.some(({ required }) => required);
    return [
      {
        label: safeLine(title, 200),
        insert: takes ? `${title} ` : title,
        detail: safeLine(prompt.description ?? prompt.title ?? '', 200),
        ...(takes ? { more: true } : {}),
        ...(needs ? {} : { submit: true }),
      },
    ];
  });
}

function listPrompts({ chat, signal }: CompletionContext, waitMs?: number) {
  return recall(chat, signal, {
    key: 'prompts',
    ask: (own) => chat.prompts.list(own),
    holdsMs: 0,
    ...(waitMs === undefined ? {} : { waitMs }),
  });
}

/** Names and values of a prompt's arguments; undefined when the line is no prompt's. */
export async function completePromptArguments(
  text: string,
  cursor: number,
  context: CompletionContext,
): Promise<Completion | undefined> {
  if (!text.includes(':')) return undefined;
  const prompt = promptOf(text, await listPrompts(context));
  if (prompt === undefined) return undefined;
  const start = promptTitle(prompt).length + 1;
  if (cursor < start) return undefined;
  const { word } = wordAt(text.slice(start), cursor - start);
  const line = text.slice(start);
  const others = given(prompt, `${line.slice(0, word.start)} ${line.slice(word.end)}`);
  const items = word.value.includes('=')
    ? await valueItems(prompt, word, others, context)
    : await openItems(prompt, word, others, context);
  const range = { start: start + word.start, end: start + word.end };
  return toCompletion(range, text.slice(range.start, range.end), items);
}

function promptOf(text: string, prompts: readonly PromptView[]): PromptView | undefined {
  return prompts
    .filter((prompt) => text.startsWith(`${promptTitle(prompt)} `))
    .toSorted((a, b) => promptTitle(b).length - promptTitle(a).length)[0];
}

function given(prompt: PromptView, line: string): PromptArguments {
  try {
    return readPromptArguments(prompt, line);
  } catch {
    return {};
  }
}

/** `name=` of the arguments that are open, then values of the first of them. */
async function openItems(
  prompt: PromptView,
  word: Word,
  others: PromptArguments,
  context: CompletionContext,
): Promise<readonly CompletionItem[]> {
  const open = prompt.arguments.filter(({ name }) => !Object.hasOwn(others, name));
  const names = open
    .filter(({ name }) => canInsert(name) && !/\s/.test(name))
    .map(({ name, description, required }) => ({
      label: `${safeLine(name, 100)}=`,
      insert: `${name}=`,
      detail: safeLine(
        `${required ? 'required' : 'optional'}${description === undefined ? '' : `: ${description}`}`,
        200,
      ),
      more: true,
    }));
  const first = open[0];
  const values =
    first === undefined
      ? []
      : await askValues({ prompt, argument: first.name, value: word.value, others }, context);
  const fitting = await rank(names, word.value, ({ label }) => label);
  return [
    ...fitting,
    ...values.map((value) => valueItem(value, quoteWord(value), first?.name ?? '')),
  ];
}

async function valueItems(
  prompt: PromptView,
  word: Word,
  others: PromptArguments,
  context: CompletionContext,
): Promise<readonly CompletionItem[]> {
  const equals = word.value.indexOf('=');
  const argument = word.value.slice(0, equals);
  if (!prompt.arguments.some(({ name }) => name === argument)) return [];
  const value = word.value.slice(equals + 1);
  const values = await askValues({ prompt, argument, value, others }, context);
  return values.map((found) => valueItem(found, `${argument}=${quoteWord(found)}`, argument));
}

function valueItem(value: string, insert: string, argument: string): CompletionItem {
  return { label: safeLine(value, 200), insert, detail: safeLine(argument, 100) };
}

interface ValueQuery {
  prompt: PromptView;
  argument: string;
  value: string;
  others: PromptArguments;
}

/** `completion/complete`: what the server thinks fits; its order stays. */
async function askValues(
  { prompt: { server, name }, argument, value, others }: ValueQuery,
  { chat, signal }: CompletionContext,
): Promise<readonly string[]> {
  const values = await recall(chat, signal, {
    key: JSON.stringify(['value', server, name, argument, value, others]),
    ask: (own) => chat.prompts.complete({ server, name, argument, value, context: others }, own),
    holdsMs: VALUES_HOLD_MS,
  }).catch(() => []);
  return values.filter(canInsert).slice(0, 50);
}
