import type { PromptView } from '../../core/chat.js';
import { OstlerError } from '../../core/errors.js';
import { nearest } from '../../core/nearest.js';
import { safeLine } from './safe.js';
import type { Screen } from './types.js';
import { splitWords } from './words.js';

export type PromptArguments = Readonly<Record<string, string>>;

/**
 * `name=value` words by their names, the others in the order the server declares; what is left over
 * belongs to the last one. Throws `usage` for a name the prompt does not have.
 */
export function readPromptArguments(prompt: PromptView, line: string): PromptArguments {
  const declared = prompt.arguments.map(({ name }) => name);
  const named = new Map<string, string>();
  const rest: string[] = [];
  for (const { value } of splitWords(line)) {
    const pair = toPair(value, declared, prompt);
    if (pair === undefined) rest.push(value);
    else named.set(...pair);
  }
  const open = declared.filter((name) => !named.has(name));
  if (rest.length > 0 && open.length === 0) throw tooMany(prompt, rest[0] ?? '');
  open.forEach((name, at) => {
    const words = at === open.length - 1 ? rest.slice(at) : rest.slice(at, at + 1);
    if (words.length > 0) named.set(name, words.join(' '));
  });
  return toRecord(named);
}

/** `Object.fromEntries` would take `__proto__` for a name like any other as well, and so does this. */
function toRecord(entries: Iterable<readonly [string, string]>): PromptArguments {
  return Object.fromEntries(entries);
}

function toPair(
  word: string,
  declared: readonly string[],
  prompt: PromptView,
): [string, string] | undefined {
  const equals = word.indexOf('=');
  if (equals < 1) return undefined;
  const name = word.slice(0, equals);
  if (declared.includes(name)) return [name, word.slice(equals + 1)];
  const meant = /^[\w-]+$/.test(name) ? nearest(name, declared) : undefined;
  if (meant === undefined) return undefined;
  throw new OstlerError('usage', `${title(prompt)} has no argument "${safeLine(name, 60)}".`, {
    hint: `Did you mean ${safeLine(meant, 60)}=…?`,
  });
}

function tooMany(prompt: PromptView, word: string): OstlerError {
  const names = prompt.arguments.map(({ name }) => safeLine(name, 60)).join(', ');
  return new OstlerError('usage', `${title(prompt)} takes no "${safeLine(word, 60)}".`, {
    hint: names === '' ? 'It takes no arguments.' : `Its arguments: ${names}.`,
  });
}

function title({ server, name }: PromptView): string {
  return `/${safeLine(server, 60)}:${safeLine(name, 60)}`;
}

/** Asks for each required argument that is missing. Rejects when the person gives none. */
export async function askMissing(
  prompt: PromptView,
  given: PromptArguments,
  screen: Pick<Screen, 'ask'>,
): Promise<PromptArguments> {
  const complete = new Map(Object.entries(given));
  for (const { name, description, required } of prompt.arguments) {
    if (!required || complete.has(name)) continue;
    const answer = await screen.ask(name, description);
    if (answer === undefined || answer.trim() === '') {
      throw new OstlerError('usage', `${title(prompt)} needs "${safeLine(name, 60)}".`, {
        hint: `Type ${title(prompt)} ${safeLine(name, 60)}=…`,
      });
    }
    complete.set(name, answer);
  }
  return toRecord(complete);
}
