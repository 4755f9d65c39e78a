import { columnsOf, truncateRow } from './columns.js';

const GAP = '  ';
/** A column is not cut to less than this; columns that have no such room are left out. */
const MIN_COLUMN = 12;
/** The first column names things, and is not cut for the sake of the others unless it takes more than half, or this. */
const MAX_FIRST = 24;

export interface TableOptions {
  /** Columns of the terminal; undefined or 0: nothing is cut, as for a pipe. */
  width?: number | undefined;
  /** Styles the header. */
  paintHead?: ((line: string) => string) | undefined;
}

/**
 * Lines of a table, columns aligned, that fit the width: the widest columns but the first are cut,
 * the last ones left out where there is no room at all. A name that is longer than most of the line
 * stands on a line of its own. Cells are plain text, already safe for a terminal.
 */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  { width = 0, paintHead = (line) => line }: TableOptions = {},
): string {
  const limit = width > 0 ? width : Infinity;
  const widths = fit([header, ...rows], limit);
  const lines = rows.flatMap((row) => rowLines(row, widths, limit));
  return [paintHead(rowLines(header, widths, limit).join('\n')), ...lines]
    .map((line) => `${line}\n`)
    .join('');
}

/** The width of each column that is shown. */
function fit(all: readonly (readonly string[])[], limit: number): number[] {
  const count = all[0]?.length ?? 0;
  const natural = Array.from({ length: count }, (_, at) =>
    Math.max(0, ...all.map((row) => columnsOf(row[at] ?? ''))),
  );
  if (total(natural) <= limit) return natural;
  const cap = Math.max(MAX_FIRST, Math.floor(limit / 2));
  const names = all.map(([name = '']) => columnsOf(name)).filter((columns) => columns <= cap);
  const first = Math.min(limit, Math.max(0, ...names));
  for (let shown = count; shown > 1; shown -= 1) {
    const widths = shrink([first, ...natural.slice(1, shown)], limit);
    if (widths !== undefined) return widths;
  }
  return [limit];
}

/** The widest columns but the first take less, until the line fits; undefined when it cannot. */
function shrink([first = 0, ...others]: readonly number[], limit: number): number[] | undefined {
  for (let level = limit; level >= MIN_COLUMN; level -= 1) {
    const widths = [first, ...others.map((cells) => Math.min(cells, level))];
    const left = limit - total(widths);
    // What an even cut leaves over is the last column's.
    if (left >= 0)
      return widths.with(others.length, Math.min(others.at(-1) ?? 0, (widths.at(-1) ?? 0) + left));
  }
  return undefined;
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, cells) => sum + cells, (widths.length - 1) * GAP.length);
}

function rowLines(row: readonly string[], widths: readonly number[], limit: number): string[] {
  const [first = 0] = widths;
  const [name = ''] = row;
  const rest = widths
    .slice(1)
    .map((width, at) => pad(truncateRow(row[at + 1] ?? '', width), width));
  if (columnsOf(name) <= first || rest.length === 0) {
    return [[pad(truncateRow(name, first), first), ...rest].join(GAP).trimEnd()];
  }
  const below = [' '.repeat(first), ...rest].join(GAP).trimEnd();
  return [truncateRow(name, limit), ...(below === '' ? [] : [below])];
}

function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - columnsOf(text)));
}
