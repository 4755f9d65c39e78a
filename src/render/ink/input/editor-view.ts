import { toTerminalLine } from '../../../core/terminal-text.js';
import { columnsOf, truncateRow } from '../../columns.js';
import type { Theme } from '../../theme.js';
import type { CursorPosition, Rows } from '../types.js';
import { gutterColumns, type EditorState } from './editor.js';
import type { Fragment } from './fragment.js';
import { columnAt, columnsIn, createLayout, unitsOf, type Row } from './layout.js';

export interface EditorViewOptions {
  /** Usable columns. */
  columns: number;
  /** Most rows to draw, at least 1. */
  maxRows: number;
  theme: Theme;
  /** Two columns, safe, may be styled; `❯ ` by default. */
  prompt?: string;
  /** Shown while there is no text. */
  placeholder?: string;
  screenReader?: boolean;
}

/** Rows with the place of the cursor in them. */
export interface InputView {
  rows: Rows;
  cursor: CursorPosition;
}

/** Fewer rows than this are all text, without marks of what is hidden. */
const MIN_ROWS_WITH_MARKS = 4;
/** Hidden lines are counted up to here. */
const MAX_COUNTED = 9999;

/** The editor on the screen: wrapped, scrolled to the cursor, the cursor's row in the middle when there is more than fits. */
export function editorRows(state: EditorState, options: EditorViewOptions): InputView {
  const { columns, theme } = options;
  const gutter = gutterColumns(columns);
  const width = Math.max(1, columns - gutter);
  const indent = (row: string, index: number): string => {
    if (gutter === 0) return row;
    return index === 0 ? promptOf(options) + row : row === '' ? '' : ' '.repeat(gutter) + row;
  };
  if (state.text === '') {
    const placeholder = truncateRow(toTerminalLine(options.placeholder ?? ''), width);
    return { rows: [indent(theme.paint('dim', placeholder), 0)], cursor: { x: gutter, y: 0 } };
  }
  const { rows, cursorRow, above, below } = visible(state, width, Math.max(1, options.maxRows));
  const drawn = rows.map((row) => drawRow(state, row, width, theme));
  if (above) drawn[0] = mark(hiddenAbove(state.text, rows[1]), 'above', width, theme);
  if (below)
    drawn[drawn.length - 1] = mark(hiddenBelow(state.text, rows.at(-2)), 'below', width, theme);
  const row = rows[cursorRow];
  const x = row === undefined ? 0 : columnAt(state.text, row, state.cursor, width);
  return { rows: drawn.map(indent), cursor: { x: gutter + x, y: cursorRow } };
}

function promptOf({ prompt, theme, screenReader }: EditorViewOptions): string {
  if (prompt === undefined) return theme.paint('accent', screenReader === true ? '> ' : '❯ ');
  return prompt + ' '.repeat(Math.max(0, 2 - columnsOf(prompt)));
}

interface Window {
  rows: Row[];
  cursorRow: number;
  /** The first or last row gives way to a mark. */
  above: boolean;
  below: boolean;
}

/** The rows around the cursor; looks no further than they go. */
function visible({ text, cursor }: EditorState, width: number, maxRows: number): Window {
  const layout = createLayout(text, width);
  const row = layout.rowAt(cursor);
  const over = neighbours(row, maxRows, layout.above);
  const under = neighbours(row, maxRows, layout.below);
  const middle = Math.floor((maxRows - 1) / 2);
  const up = Math.min(over.length, Math.max(middle, maxRows - 1 - under.length));
  const down = Math.min(under.length, maxRows - 1 - up);
  const marks = maxRows >= MIN_ROWS_WITH_MARKS;
  return {
    rows: [...over.slice(0, up).toReversed(), row, ...under.slice(0, down)],
    cursorRow: up,
    above: marks && over.length > up,
    below: marks && under.length > down,
  };
}

function neighbours(row: Row, count: number, next: (from: Row) => Row | undefined): Row[] {
  const rows: Row[] = [];
  for (let at = next(row); at !== undefined && rows.length < count; at = next(at)) rows.push(at);
  return rows;
}

function mark(lines: number, where: string, width: number, theme: Theme): string {
  const count = lines > MAX_COUNTED ? `${String(MAX_COUNTED)} and more` : String(lines);
  const text = `… +${count} ${lines === 1 ? 'line' : 'lines'} ${where}`;
  return theme.paint('dim', truncateRow(text, width));
}

/** Lines of the text of which something is hidden above a row. */
function hiddenAbove(text: string, first: Row | undefined): number {
  const start = first?.start ?? 0;
  const isWhole = start === 0 || text[start - 1] === '\n';
  return newlines(text.slice(0, start)) + (isWhole ? 0 : 1);
}

function hiddenBelow(text: string, last: Row | undefined): number {
  const rest = text.slice(last?.end ?? text.length);
  return newlines(rest) + (last?.endsLine === false ? 1 : 0);
}

function newlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
    count += 1;
    if (count > MAX_COUNTED) break;
  }
  return count;
}

/** Labels of folded pastes stand out. */
function drawRow(state: Fragment, row: Row, width: number, theme: Theme): string {
  let index = row.start;
  let used = 0;
  let drawn = '';
  let part = '';
  let isFold = false;
  const flush = (): void => {
    drawn += isFold ? theme.paint('accent', part) : part;
    part = '';
  };
  for (const unit of unitsOf(state.text.slice(row.start, row.end))) {
    const columns = columnsIn(unit, width);
    // The space that did not fit.
    if (used + columns > width) break;
    const inFold = state.folds.some(({ start, end }) => start <= index && index < end);
    if (inFold !== isFold) flush();
    isFold = inFold;
    part += unit.columns > width ? '…' : unit.shown;
    used += columns;
    index += unit.length;
  }
  flush();
  return drawn;
}
