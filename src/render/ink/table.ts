import { columnsOf, truncateRow, wrapRows } from '../columns.js';
import type { Role } from '../theme.js';
import { pad } from './menu.js';
import { safeLine } from './safe.js';
import type { Frame, Rows } from './types.js';

/** Foreign text; the table sanitises and redacts. */
export type Cell = string | { text: string; role: Role };

export interface Table {
  head?: readonly string[];
  rows: readonly (readonly Cell[])[];
}

const GAP = '  ';
/** Beyond this a column is cut, so that the others are seen. */
const MAX_COLUMN = 44;
/** The last column wraps; with less room the rows become records. */
const MIN_LAST = 20;
const MAX_LINES = 3;

interface SafeCell {
  text: string;
  role: Role | undefined;
}

/**
 * A table that fits the frame: columns aligned, the last one wrapped. Where there is no room for
 * that, and for screen readers, each row becomes a record of its cells.
 */
export function tableRows(frame: Frame, { head = [], rows }: Table): Rows {
  const cells = rows.map((row) => row.map(toSafeCell));
  const count = Math.max(0, head.length, ...cells.map((row) => row.length));
  if (count === 0) return [];
  if (frame.screenReader) return cells.flatMap((row) => spoken(row, head, frame));
  const all = [head.map((text) => ({ text, role: undefined })), ...cells];
  const widths = Array.from({ length: count }, (_, column) =>
    Math.min(
      column === count - 1 ? Infinity : MAX_COLUMN,
      Math.max(...all.map((row) => columnsOf(row[column]?.text ?? ''))),
    ),
  );
  const fixed = widths.slice(0, -1).reduce((sum, width) => sum + width + GAP.length, 0);
  const room = frame.columns - fixed;
  const last = Math.min(widths[count - 1] ?? 0, room);
  if (last < Math.min(MIN_LAST, widths[count - 1] ?? 0) || room < 1) {
    return cells.flatMap((row) => record(row, head, frame));
  }
  const layout = { frame, widths: [...widths.slice(0, -1), last] };
  const title = head.map((text): SafeCell => ({ text, role: 'dim' }));
  return [
    ...(head.length === 0 ? [] : aligned(title, layout)),
    ...cells.flatMap((row) => aligned(row, layout)),
  ];
}

function toSafeCell(cell: Cell): SafeCell {
  return typeof cell === 'string'
    ? { text: safeLine(cell), role: undefined }
    : { text: safeLine(cell.text), role: cell.role };
}

function aligned(
  row: readonly SafeCell[],
  { frame, widths }: { frame: Frame; widths: readonly number[] },
): Rows {
  const { paint } = frame.theme;
  const lastColumn = widths.length - 1;
  const first = widths.slice(0, -1).map((width, column) => {
    const { text, role } = row[column] ?? { text: '', role: undefined };
    const cell = pad(truncateRow(text, width), width);
    return role === undefined ? cell : paint(role, cell);
  });
  const { text, role } = row[lastColumn] ?? { text: '', role: undefined };
  const lines = limited(wrapRows(text, widths[lastColumn] ?? 1), widths[lastColumn] ?? 1);
  const indent = widths.slice(0, -1).reduce((sum, width) => sum + width + GAP.length, 0);
  return lines.map((line, at) => {
    const start = at === 0 ? first.map((cell) => `${cell}${GAP}`).join('') : ' '.repeat(indent);
    return `${start}${role === undefined ? line : paint(role, line)}`.trimEnd();
  });
}

function limited(lines: readonly string[], columns: number): string[] {
  const trimmed = lines.map((line) => line.trim());
  if (trimmed.length <= MAX_LINES) return trimmed;
  const kept = trimmed.slice(0, MAX_LINES);
  kept[MAX_LINES - 1] = truncateRow(`${kept[MAX_LINES - 1]} …`, columns);
  return kept;
}

/** The first cell, and the others under it, each with its name. */
function record(row: readonly SafeCell[], head: readonly string[], frame: Frame): Rows {
  const { columns, theme } = frame;
  const indent = columns > 8 ? '  ' : '';
  return row.flatMap(({ text, role }, column) => {
    if (text === '') return [];
    const name = column === 0 || head[column] === undefined ? '' : `${head[column]}: `;
    const left = column === 0 ? '' : indent;
    const lines = limited(wrapRows(`${name}${text}`, columns - left.length), columns - left.length);
    return lines.map((line) => {
      const own = role ?? (column === 0 ? 'bold' : undefined);
      const fits = truncateRow(`${left}${line}`, columns);
      return own === undefined ? fits : theme.paint(own, fits);
    });
  });
}

function spoken(row: readonly SafeCell[], head: readonly string[], frame: Frame): Rows {
  const parts = row.flatMap(({ text }, column) => {
    if (text === '') return [];
    const name = column === 0 ? '' : (head[column] ?? '');
    return [name === '' ? text : `${name} ${text}`];
  });
  return wrapRows(parts.join(', '), frame.columns).map((line) =>
    truncateRow(line.trim(), frame.columns),
  );
}
