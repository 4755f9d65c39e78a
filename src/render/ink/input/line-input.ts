import { columnsOf } from '../../columns.js';
import type { Theme } from '../../theme.js';
import type { Key } from '../types.js';
import { editKey, emptyEditor, insertText, setText, type EditorState } from './editor.js';
import { columnsIn, unitsOf, type Unit } from './layout.js';

/** A text of one line, for dialogs. `text` is what has been typed. */
export type LineInput = EditorState;

export function createLineInput(initial = ''): LineInput {
  return setText(emptyEditor(), oneLine(initial));
}

/** Undefined for a key that does not edit the line: Enter, Esc, Tab, Up, Down, what makes a new line. */
export function lineKey(state: LineInput, key: Key): LineInput | undefined {
  const { name, text, ctrl } = key;
  if (name === 'text' || name === 'paste') return typeLine(state, key, oneLine(text));
  if (name === 'enter' || name === 'up' || name === 'down' || (ctrl && name === 'j')) {
    return undefined;
  }
  return editKey(state, key, Number.MAX_SAFE_INTEGER);
}

function typeLine(state: LineInput, key: Key, text: string): LineInput {
  return key.name === 'paste'
    ? insertText(state, text)
    : (editKey(state, { ...key, text }, Number.MAX_SAFE_INTEGER) ?? state);
}

function oneLine(text: string): string {
  return text.replaceAll(/[\r\n\t]+/g, ' ');
}

export interface LineRowOptions {
  columns: number;
  theme: Theme;
  /** Stands before the text; safe, may be styled. */
  label?: string;
}

/** The line around its cursor in one row of at most `columns`; `x` is the cursor's column. */
export function lineRow(state: LineInput, options: LineRowOptions): { row: string; x: number } {
  const { columns, theme, label = '' } = options;
  const used = columnsOf(label);
  const start = used < columns - 1 ? label : '';
  const offset = start === '' ? 0 : used;
  const width = Math.max(1, columns - offset);
  const { text, cursor } = state;
  // A grapheme has at most some units of UTF-16; what is farther away is never in sight.
  const near = (width + 1) * 32;
  const left = unitsOf(text.slice(Math.max(0, cursor - near), cursor)).toReversed();
  const right = unitsOf(text.slice(cursor, cursor + near));
  const rightFits = take(right, Math.ceil(width / 2));
  const before = take(left, width - rightFits.columns);
  const after = take(right, width - before.columns);
  const shown = (units: readonly Unit[]): string =>
    units.map((unit) => (unit.columns > width ? '…' : unit.shown)).join('');
  void theme;
  return {
    row: start + shown(before.units.toReversed()) + shown(after.units),
    x: offset + before.columns,
  };
}

function take(units: readonly Unit[], width: number): { units: Unit[]; columns: number } {
  const taken: Unit[] = [];
  let columns = 0;
  for (const unit of units) {
    const more = columnsIn(unit, width);
    if (columns + more > width) break;
    columns += more;
    taken.push(unit);
  }
  return { units: taken, columns };
}
