import { columnsOf, truncateRow } from '../../columns.js';
import type { Frame } from '../types.js';
import { paintCall, type CallText } from './call-text.js';
import { paintedMark, plainMark } from './marks.js';

export interface ToolRow {
  mark: 'running' | 'waiting' | 'success' | 'error' | 'denied' | 'cancelled';
  call: CallText;
  /** Short facts behind the call, the most important first; the last ones go when it is narrow. */
  facts: readonly string[];
  /** Said only where the call stands in full. */
  hint?: string;
  /** Words of any length at the end, cut to what is left. */
  words?: string;
}

const GAP = '  ';
/** Columns of the call that facts may not take. */
const MIN_CALL = 10;
/** Fewer columns of words say nothing. */
const MIN_WORDS = 6;

/** One call in one row: `✓ server.tool(args)  1.2s  → 4.1 KB`. */
export function toolRow(
  { mark, call, facts, hint = '', words = '' }: ToolRow,
  frame: Frame,
): string {
  const { columns, theme } = frame;
  const room = Math.max(0, columns - columnsOf(plainMark(mark, frame)) - 1);
  const least = Math.min(call.columns, MIN_CALL);
  const kept = facts.filter((fact) => fact !== '');
  while (kept.length > 0 && room - widthOf(kept) < least) kept.pop();
  if (hint !== '' && call.columns + widthOf([...kept, hint]) <= room) kept.push(hint);
  const left = room - widthOf(kept);
  const share = Math.max(least, Math.floor(left * 0.6));
  const besideWords = Math.min(call.columns, share);
  const wordsWidth = words === '' ? 0 : left - besideWords - GAP.length;
  const hasWords = wordsWidth >= MIN_WORDS;
  const callWidth = hasWords ? besideWords : Math.min(call.columns, left);
  const parts = [
    `${paintedMark(mark, frame)} ${paintCall(call, callWidth, frame)}`,
    ...kept.map((fact) => theme.paint('dim', fact)),
  ];
  if (hasWords) parts.push(truncateRow(words, wordsWidth));
  return parts.join(GAP);
}

function widthOf(facts: readonly string[]): number {
  return facts.reduce((sum, fact) => sum + GAP.length + columnsOf(fact), 0);
}
