import { columnsOf } from '../../columns.js';
import type { Theme } from '../../theme.js';
import type { Key } from '../types.js';
import { editKey, emptyEditor, insertText, setText, type EditorState } from './editor.js';
import { borderAtOrAfter } from './graphemes.js';
import { columnsIn, unitsOf, type Unit } from './layout.js';

/** A text of one line, for dialogs. `text` is what has been typed. */
export type LineInput = EditorState;

export interface LineRowOptions {
  columns: number;
  theme: Theme;
  /** Stands before the text where there is room; safe, may be styled. */
  label?: string;
}

/** Fewer columns than this show text only, without marks of what is hidden. */
const MIN_COLUMNS_WITH_MARKS = 4;
/** UTF-16 units of the text that are looked at for one column of the screen. */
const UNITS_OF_COLUMN = 32;

export function createLineInput(initial = ''): LineInput {
  return setText(emptyEditor(), oneLine(initial));
}

/** Undefined for a key that does not edit the line: Enter, Esc, Tab, Up, Down, what makes a new line. */
export function lineKey(state: LineInput, key: Key): LineInput | undefined {
  const { name, text, ctrl } = key;
  if (name === 'enter' || name === 'up' || name === 'down') return undefined;
  if (ctrl && name === 'j') return undefined;
  if (name === 'paste') return insertText(state, oneLine(text));
  return editKey(state, { ...key, text: oneLine(text) }, Number.MAX_SAFE_INTEGER);
}

function oneLine(text: string): string {
  return text.replaceAll(/[\r\n\t]+/g, ' ');
}

/** The line around its cursor in one row of at most `columns`; `x` is the cursor's column. */
export function lineRow(state: LineInput, options: LineRowOptions): { row: string; x: number } {
  const { columns, theme, label = '' } = options;
  const labelColumns = columnsOf(label);
  const start = labelColumns < columns - MIN_COLUMNS_WITH_MARKS ? labelColumns : 0;
  const width = Math.max(1, columns - start);
  const { text, cursor } = state;
  const near = width * UNITS_OF_COLUMN;
  const left = unitsOf(text.slice(borderAtOrAfter(text, cursor - near), cursor)).toReversed();
  const right = unitsOf(text.slice(cursor, cursor + near));
  const half = columnsOfAll(fitting(right, Math.floor(width / 2), width), width);
  const before = fitting(left, width - half, width);
  const x = columnsOfAll(before, width);
  const after = fitting(right, width - x, width);
  const hides = (shown: readonly Unit[], units: readonly Unit[]): boolean =>
    shown.length < units.length && width >= MIN_COLUMNS_WITH_MARKS;
  const row =
    side(before, { hides: hides(before, left), width, theme })
      .toReversed()
      .join('') + side(after, { hides: hides(after, right), width, theme }).join('');
  return { row: start === 0 ? row : label + row, x: start + x };
}

/** As many graphemes as there is room for. */
function fitting(units: readonly Unit[], room: number, width: number): Unit[] {
  const taken: Unit[] = [];
  let columns = 0;
  for (const unit of units) {
    columns += columnsIn(unit, width);
    if (columns > room) break;
    taken.push(unit);
  }
  return taken;
}

function columnsOfAll(units: readonly Unit[], width: number): number {
  return units.reduce((sum, unit) => sum + columnsIn(unit, width), 0);
}

/** The graphemes of one side of the cursor, from there on; the outermost gives way to a mark. */
function side(
  units: readonly Unit[],
  { hides, width, theme }: { hides: boolean; width: number; theme: Theme },
): string[] {
  return units.map((unit, index) => {
    const columns = columnsIn(unit, width);
    if (hides && index === units.length - 1 && columns > 0) {
      return theme.paint('dim', '…'.padEnd(columns));
    }
    return unit.columns > width ? '…' : unit.shown;
  });
}
