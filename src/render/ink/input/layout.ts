import { columnsOf } from '../../columns.js';
import { toTerminal } from '../../../core/terminal-text.js';
import { segmentGraphemes } from '../../segmenter.js';
import { pieceAt } from './piece.js';

/** One row of the screen: the text from `start` to `end`. The last row of a line has no newline in it. */
export interface Row {
  readonly start: number;
  readonly end: number;
  /** A newline or the end of the text follows. */
  readonly endsLine: boolean;
}

/** A grapheme as it is shown. */
export interface Unit {
  /** UTF-16 length in the text. */
  readonly length: number;
  readonly shown: string;
  readonly columns: number;
}

const MAX_KNOWN = 4096;
const TAB = '    ';

const known = new Map<string, Unit>();

/** The graphemes of a text, safe to show: controls and invisible characters are written out. */
export function unitsOf(text: string): Unit[] {
  if (/^[\x20-\x7e]*$/.test(text)) {
    return Array.from(text, (shown) => ({ length: 1, shown, columns: 1 }));
  }
  return Array.from(segmentGraphemes(text), ({ segment }) => toUnit(segment));
}

function toUnit(grapheme: string): Unit {
  const found = known.get(grapheme);
  if (found !== undefined) return found;
  const shown = grapheme === '\t' ? TAB : toTerminal(grapheme).replaceAll('\n', ' ');
  const unit = { length: grapheme.length, shown, columns: columnsOf(shown) };
  if (known.size >= MAX_KNOWN) known.clear();
  if (grapheme.length <= 32) known.set(grapheme, unit);
  return unit;
}

/** The rows of a text, found from an index on; nothing else is laid out. */
export interface Layout {
  /** The row in which the cursor is shown when it is at the index. */
  rowAt: (index: number) => Row;
  above: (row: Row) => Row | undefined;
  below: (row: Row) => Row | undefined;
}

export function createLayout(text: string, width: number): Layout {
  const pieces: { piece: Row; rows: readonly Row[] }[] = [];

  function pieceWith(index: number): (typeof pieces)[number] {
    const known = pieces.find(({ piece }) => isIn(piece, index));
    if (known !== undefined) return known;
    const { start, end } = pieceAt(text, index);
    const piece = { start, end, endsLine: end === text.length || text[end] === '\n' };
    const made = { piece, rows: layOut(text, piece, width) };
    pieces.push(made);
    return made;
  }

  function rowAt(index: number): Row {
    const { piece, rows } = pieceWith(index);
    return rows.find((row) => index < row.end) ?? rows.at(-1) ?? piece;
  }

  return {
    rowAt,
    above: (row) => (row.start === 0 ? undefined : rowAt(row.start - 1)),
    below(row) {
      if (!row.endsLine) return rowAt(row.end);
      return row.end === text.length ? undefined : rowAt(row.end + 1);
    },
  };
}

function isIn({ start, end, endsLine }: Row, index: number): boolean {
  return start <= index && (index < end || (endsLine && index === end));
}

/** Columns between the beginning of a row and an index in it. */
export function columnAt(text: string, row: Row, index: number, width: number): number {
  let column = 0;
  for (const unit of unitsOf(text.slice(row.start, index))) column += columnsIn(unit, width);
  return Math.min(column, width);
}

/** The index in a row that is nearest to a column from the left. */
export function indexAt(text: string, row: Row, column: number, width: number): number {
  let used = 0;
  let index = row.start;
  for (const unit of unitsOf(text.slice(row.start, row.end))) {
    used += columnsIn(unit, width);
    // The end of a broken row is shown at the beginning of the next one.
    if (used > column || (!row.endsLine && index + unit.length === row.end)) break;
    index += unit.length;
  }
  return index;
}

/** A grapheme wider than the screen is shown as `…`. */
export function columnsIn(unit: Unit, width: number): number {
  return unit.columns > width ? 1 : unit.columns;
}

/** Breaks behind spaces and beside wide characters, within a word only where it is wider than a row. */
function layOut(text: string, piece: Row, width: number): Row[] {
  const rows: Row[] = [];
  let row = { start: piece.start, used: 0 };
  let gap = { at: piece.start, used: 0 };
  let index = piece.start;
  const breakAt = (at: number, used: number): void => {
    rows.push({ start: row.start, end: at, endsLine: false });
    row = { start: at, used };
    gap = { at, used: 0 };
  };
  for (const unit of unitsOf(text.slice(piece.start, piece.end))) {
    const columns = columnsIn(unit, width);
    const isWide = columns > 1;
    if (isWide) gap = { at: index, used: row.used };
    // A space that does not fit stays behind its word, unseen.
    const hangs = unit.shown === ' ' && row.used === width;
    const fits = hangs || row.used + columns <= width;
    if (!fits && gap.at > row.start) breakAt(gap.at, row.used - gap.used);
    // Still too long: a word of several rows.
    if (!hangs && row.used + columns > width) breakAt(index, 0);
    index += unit.length;
    row.used += columns;
    if (hangs) breakAt(index, 0);
    else if (isWide || unit.shown === ' ') gap = { at: index, used: row.used };
  }
  rows.push({ start: row.start, end: piece.end, endsLine: piece.endsLine });
  return rows;
}
