import { columnsOf, truncateRow } from '../../columns.js';
import type { Frame, Rows } from '../types.js';
import { plainMark } from './marks.js';
import { hanging } from './rows.js';
import { safeLines } from './safe.js';

const MAX_ROWS = 10;
const MAX_CHARS = 20_000;

/** The person's message: folded when it is long. */
export function userRows(text: string, frame: Frame): Rows {
  const { theme, columns } = frame;
  const mark = `${plainMark('user', frame)} `;
  const rest = ' '.repeat(columnsOf(mark));
  const lines = safeLines(text.trimEnd(), MAX_CHARS);
  const rows = hanging(lines.slice(0, 4 * MAX_ROWS).join('\n'), { first: mark, rest, columns });
  const style = (row: string) => theme.paint('user', row);
  if (rows.length <= MAX_ROWS) return rows.map(style);
  const shown = rows.slice(0, MAX_ROWS - 1);
  const total = text.trimEnd().split('\n').length;
  const more = total > MAX_ROWS ? `… ${total} lines in all` : `… ${text.length} characters in all`;
  return [...shown.map(style), theme.paint('dim', truncateRow(`${rest}${more}`, columns))];
}
