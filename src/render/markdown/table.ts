import { inlineSpans } from './inline.js';
import { addRows, beginBlock, contentColumns } from './margin.js';
import { plainSpan, spansWidth, wrapSpans } from './spans.js';
import type { Align, BlockState, TableLeaf } from './state.js';
import { planTable, type Cell, type TablePlan } from './table-plan.js';
import type { Drawing, Span } from './types.js';

/** A table of more rows is drawn in pieces whose columns have the widths of the first. */
const HELD_ROWS = 200;

const DIM = ['dim'] as const;
const HEADER = ['heading'] as const;

/** One more row; draws when enough are there. */
export function addTableRow(
  state: BlockState,
  leaf: TableLeaf,
  cells: readonly string[],
  drawing: Drawing,
): void {
  leaf.rows.push(cells);
  if (leaf.plan !== undefined || leaf.rows.length >= HELD_ROWS) drawTable(state, leaf, drawing);
}

export function endTable(state: BlockState, leaf: TableLeaf, drawing: Drawing): void {
  if (!drawing.live) {
    if (leaf.plan === undefined || leaf.rows.length > 0) drawTable(state, leaf, drawing);
    return;
  }
  const count = leaf.rows.length;
  const text = `⋯ table (${count} ${count === 1 ? 'row' : 'rows'})`;
  if (leaf.plan === undefined) beginBlock(state, drawing);
  addRows(state, wrapSpans([{ text, roles: DIM }], contentColumns(state, drawing)), drawing);
}

function drawTable(state: BlockState, leaf: TableLeaf, drawing: Drawing): void {
  const columns = contentColumns(state, drawing);
  const header = leaf.header.map((cell) => inlineSpans(cell, drawing, HEADER));
  const rows = leaf.rows.map((cells) => toCells(cells, leaf.header.length, drawing));
  const first = leaf.plan === undefined;
  let plan = leaf.plan;
  if (plan?.columns !== columns) plan = planTable([header, ...rows], columns);
  leaf.plan = plan;
  leaf.rows = [];
  if (first) beginBlock(state, drawing);
  addRows(
    state,
    plan.widths === 'records'
      ? recordRows(header, rows, { columns, first })
      : gridRows(first ? header : undefined, rows, {
          ...plan,
          widths: plan.widths,
          align: leaf.align,
        }),
    drawing,
  );
}

/** As many cells as the header has; what is too much stays in the last one. */
function toCells(cells: readonly string[], count: number, drawing: Drawing): Cell[] {
  const kept = cells.slice(0, count);
  if (cells.length > count) kept[count - 1] = cells.slice(count - 1).join(' | ');
  return Array.from({ length: count }, (_, column) => inlineSpans(kept[column] ?? '', drawing));
}

interface Grid extends TablePlan {
  widths: readonly number[];
  align: readonly Align[];
}

function gridRows(
  header: readonly Cell[] | undefined,
  rows: readonly (readonly Cell[])[],
  grid: Grid,
): Span[][] {
  const rule = [{ text: grid.widths.map((width) => '─'.repeat(width)).join('─┼─'), roles: DIM }];
  const drawn = rows.flatMap((row, index) => {
    const parted = grid.ruled && (index > 0 || header === undefined);
    return parted ? [rule, ...gridRow(row, grid)] : gridRow(row, grid);
  });
  return header === undefined ? drawn : [...gridRow(header, grid), rule, ...drawn];
}

function gridRow(cells: readonly Cell[], { widths, align }: Grid): Span[][] {
  const wrapped = widths.map((width, column) => wrapSpans(cells[column] ?? [], width));
  const height = Math.max(1, ...wrapped.map((rows) => rows.length));
  return Array.from({ length: height }, (_, line) =>
    widths.flatMap((width, column) => {
      const content = wrapped[column]?.[line] ?? [];
      const padded = pad(content, width, align[column] ?? 'left');
      return column === 0 ? padded : [{ text: ' │ ', roles: DIM }, ...padded];
    }),
  );
}

function pad(content: readonly Span[], width: number, align: Align): Span[] {
  const free = Math.max(0, width - spansWidth(content));
  const before = align === 'left' ? 0 : align === 'right' ? free : Math.floor(free / 2);
  return [plainSpan(' '.repeat(before)), ...content, plainSpan(' '.repeat(free - before))];
}

/** `header: value`, a line a cell, a blank line between two rows. */
function recordRows(
  header: readonly Cell[],
  rows: readonly (readonly Cell[])[],
  { columns, first }: { columns: number; first: boolean },
): Span[][] {
  if (rows.length === 0) return first ? header.flatMap((cell) => wrapSpans(cell, columns)) : [];
  return rows.flatMap((row, index) => {
    const lines = row.flatMap((cell, column) =>
      wrapSpans([...(header[column] ?? []), plainSpan(': '), ...cell], columns),
    );
    return index === 0 && first ? lines : [[], ...lines];
  });
}
