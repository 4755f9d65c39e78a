import { truncateRow } from '../../columns.js';
import { safeLine } from '../safe.js';
import type { Frame, Rows } from '../types.js';
import { askLine, type AskEvent } from '../../ask-lines.js';
import { errorRows, noteRows } from './notice-rows.js';

/** What servers ask and what became of it, one row each; a failed login says what to do. */
export function askRows(event: AskEvent, frame: Frame): Rows {
  const { sign, text } = askLine(event, safeLine);
  const row = noteRows(sign, truncateRow(text, Math.max(1, frame.columns - MARK)), frame);
  const error = 'error' in event ? event.error : undefined;
  return error?.hint === undefined ? row : [...row, ...errorRows(error, frame, sign).slice(1)];
}

/** Columns of the longest mark. */
const MARK = 12;
