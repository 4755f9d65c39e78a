import { safeLine } from '../safe.js';
import type { CommandContext, Completion, CompletionItem } from '../types.js';
import { quoteWord, wordAt } from '../words.js';

/** What completion may ask. */
export type CompletionContext = Pick<CommandContext, 'chat' | 'machine' | 'signal'>;

/** A value that may stand for a word; raw, from wherever it comes. */
export interface Candidate {
  value: string;
  detail?: string | undefined;
  /** Something has to follow. */
  more?: boolean;
}

const MAX_DETAIL = 200;

/** Control characters do not belong into an input, whatever a server calls its things. */
export function canInsert(value: string): boolean {
  return !/[\p{Cc}\u2028\u2029]/u.test(value);
}

export function toItem({ value, detail, more }: Candidate): CompletionItem {
  return {
    label: safeLine(value, MAX_DETAIL),
    insert: more === true ? `${quoteWord(value)} ` : quoteWord(value),
    ...(detail === undefined || detail === '' ? {} : { detail: safeLine(detail, MAX_DETAIL) }),
    ...(more === true ? { more } : {}),
  };
}

/** Candidates for the word at the cursor, when it is the `position`th of the arguments (from 0). */
export function wordCompletion(
  args: string,
  cursor: number,
  candidates: readonly Candidate[],
): Completion | undefined {
  const { word } = wordAt(args, cursor);
  const items = candidates.filter(({ value }) => canInsert(value)).map(toItem);
  return items.length === 0 ? undefined : { range: { start: word.start, end: word.end }, items };
}

/** How many words stand before the one at the cursor, and what they are. */
export function wordsBefore(args: string, cursor: number): string[] {
  return wordAt(args, cursor).before.map(({ value }) => value);
}

/** Nothing when there is nothing; what is typed already sends by Enter. */
export function toCompletion(
  range: Completion['range'],
  typed: string,
  items: readonly CompletionItem[],
): Completion | undefined {
  if (items.length === 0) return undefined;
  const isTyped = ({ insert, more }: CompletionItem) => more !== true && insert.trim() === typed;
  return {
    range,
    items: items.map((item) => (isTyped(item) ? { ...item, submit: true } : item)),
  };
}
