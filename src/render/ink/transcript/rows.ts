import { toTerminal } from '../../../core/terminal-text.js';
import { columnsOf, graphemes, truncateRow, wrapRows } from '../../columns.js';
import type { Rows } from '../types.js';

// oxlint-disable-next-line no-control-regex
const STYLES = /\u001b\[[\d;]*m/g;

/** The rows, none wider than `columns`: the last guard, for terminals narrower than a prefix. */
export function clampRows(rows: Rows, columns: number): Rows {
  return rows.every((row) => fits(row, columns)) ? rows : rows.map((row) => clampRow(row, columns));
}

function fits(row: string, columns: number): boolean {
  return columnsOf(row) <= columns;
}

function clampRow(row: string, columns: number): string {
  return fits(row, columns) ? row : truncateRow(row.replace(STYLES, ''), columns);
}

export interface Hanging {
  /** Before the first row. */
  first: string;
  /** Before all others; as wide as `first`. */
  rest: string;
  columns: number;
  /** Style of the text. */
  style?: (text: string) => string;
}

/** A text in rows behind a prefix. */
export function hanging(text: string, { first, rest, columns, style }: Hanging): string[] {
  const width = Math.max(1, columns - columnsOf(first));
  return proseRows(text, width).map(
    (row, index) => (index === 0 ? first : rest) + (style === undefined ? row : style(row)),
  );
}

/** Text in rows broken at spaces; the space at a break belongs to neither row. */
export function proseRows(text: string, columns: number): string[] {
  return text
    .split('\n')
    .flatMap((line) =>
      wrapRows(line, columns).map((row, index) => (index === 0 ? row : row.trimStart()).trimEnd()),
    );
}

/**
 * An unstyled line cut into rows of at most `columns`, nothing added or left out; fast on very long
 * lines. A grapheme that is wider (Unicode sets no limit) is cut too, or its rest would be hidden.
 */
export function cutRows(line: string, columns: number): string[] {
  const width = Math.max(1, columns);
  // oxlint-disable-next-line no-control-regex
  if (/^[\x20-\x7e]*$/.test(line)) return line.match(new RegExp(`.{1,${width}}`, 'g')) ?? [''];
  const rows: string[] = [];
  let row = '';
  let used = 0;
  for (const part of graphemes(line).flatMap((each) =>
    columnsOf(each) > width ? charactersOf(each) : [each],
  )) {
    const wide = columnsOf(part);
    if (used + wide > width && row !== '') {
      rows.push(row);
      row = '';
      used = 0;
    }
    row += part;
    used += wide;
  }
  return [...rows, row];
}

/** The characters of a grapheme; what joined them joins nothing now, and is written out. */
function charactersOf(grapheme: string): string[] {
  return [...grapheme].flatMap((character) => [...toTerminal(character)]);
}

export function isBlank(row: string): boolean {
  return row.trim() === '';
}
