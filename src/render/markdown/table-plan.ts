import { spansWidth } from './spans.js';
import type { Span } from './types.js';

/** How a table is drawn: columns of these widths, or one line a cell where columns would be too narrow. */
export interface TablePlan {
  /** The width it was made for. */
  readonly columns: number;
  readonly widths: readonly number[] | 'records';
  /** Rows are parted by lines, because some take more than one. */
  readonly ruled: boolean;
}

export type Cell = readonly Span[];

/** Between two columns: ` │ `. */
const BETWEEN = 3;
const NARROW_SCREEN = 40;
const NARROW_COLUMN = 8;

/** Widths that fit: narrow columns keep theirs, the wide ones share the rest by their size. */
export function planTable(rows: readonly (readonly Cell[])[], columns: number): TablePlan {
  const natural = (rows[0] ?? []).map((_, column) =>
    Math.max(1, ...rows.map((row) => widest(row[column] ?? []))),
  );
  const room = columns - BETWEEN * (natural.length - 1);
  const broken = rows.some((row) => row.some((cell) => cell.some(({ text }) => text === '\n')));
  if (sum(natural) <= room) return { columns, widths: natural, ruled: broken };
  const share = Math.floor(room / natural.length);
  if (columns < NARROW_SCREEN || share < NARROW_COLUMN)
    return { columns, widths: 'records', ruled: false };
  return { columns, widths: shrink(natural, room), ruled: true };
}

function shrink(natural: readonly number[], room: number): number[] {
  const widths = [...natural];
  let wide = widths.map((_, column) => column);
  let left = room;
  for (;;) {
    const share = left / wide.length;
    const narrow = wide.filter((column) => (natural[column] ?? 0) <= share);
    if (narrow.length === 0) break;
    left -= sum(narrow.map((column) => natural[column] ?? 0));
    wide = wide.filter((column) => !narrow.includes(column));
  }
  const total = sum(wide.map((column) => natural[column] ?? 0));
  const least = Math.min(Math.floor(left / wide.length), NARROW_COLUMN);
  const spare = left - least * wide.length;
  for (const column of wide)
    widths[column] = least + Math.floor((spare * (natural[column] ?? 0)) / total);
  return widths;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

function widest(cell: Cell): number {
  let most = 0;
  let line: Span[] = [];
  for (const span of [...cell, { text: '\n', roles: [] }]) {
    if (span.text !== '\n') line.push(span);
    else {
      most = Math.max(most, spansWidth(line));
      line = [];
    }
  }
  return most;
}
