import { columnsOf, truncateRow } from '../../columns.js';
import type { Frame } from '../types.js';
import { callColumns, paintCall, type CallText } from './call-text.js';
import { paintedMark, plainMark } from './marks.js';

export interface ToolRow {
  mark: 'running' | 'waiting' | 'success' | 'error' | 'denied' | 'cancelled';
  call: CallText;
  /** Short facts behind the call, the most important first; the last ones go when it is narrow. */
  facts: readonly string[];
  /** Words of any length at the end, cut to what is left. */
  words?: string;
}

const GAP = '  ';
/** Columns of the call that facts may not take. */
const MIN_CALL = 14;
/** Fewer columns of words say nothing. */
const MIN_WORDS = 8;

/** One call in one row: `✓ server.tool(args)  1.2s  → 4.1 KB`. */
export function toolRow({ mark, call, facts, words = '' }: ToolRow, frame: Frame): string {
  const { columns, theme } = frame;
  const room = Math.max(0, columns - columnsOf(plainMark(mark, frame)) - 1);
  const least = Math.min(callColumns(call), MIN_CALL);
  const kept = facts.filter((fact) => fact !== '');
  while (kept.length > 0 && room - widthOf(kept) < least) kept.pop();
  const left = room - widthOf(kept);
  const share = words === '' ? left : Math.max(least, Math.floor(left * 0.6));
  const callWidth = Math.min(callColumns(call), share, left);
  const wordsWidth = left - callWidth - GAP.length;
  const parts = [
    `${paintedMark(mark, frame)} ${paintCall(call, callWidth, frame)}`,
    ...kept.map((fact) => theme.paint('dim', fact)),
  ];
  if (words !== '' && wordsWidth >= MIN_WORDS) parts.push(truncateRow(words, wordsWidth));
  return parts.join(GAP);
}

function widthOf(facts: readonly string[]): number {
  return facts.reduce((sum, fact) => sum + GAP.length + columnsOf(fact), 0);
}
