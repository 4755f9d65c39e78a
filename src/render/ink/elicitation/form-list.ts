import type { FormField } from '../../../core/asks.js';
import { showValue } from '../../../core/form.js';
import { redact } from '../../../core/redact.js';
import { toTerminalLine } from '../../../core/terminal-text.js';
import { columnsOf, truncateRow } from '../../columns.js';
import { gutteredText } from '../gutter.js';
import { markOf, pad, windowOf } from '../menu.js';
import { noteRows } from '../transcript/notice-rows.js';
import type { Frame, Rows } from '../types.js';
import { limitWords, titleOf } from './field-words.js';
import { currentField, shownProblems, type FormState } from './form-state.js';

/** A title takes at most this part of the row, so that the value is seen. */
const TITLE_SHARE = 0.45;

export interface FieldRows {
  rows: Rows;
  /** Every field and every value is in it, all of it. */
  complete: boolean;
}

/** One row a field: mark, title, `*` where it is required, value; around the cursor where there are more. */
export function fieldRows(state: FormState, maxRows: number, frame: Frame): FieldRows {
  const { fields, index } = state;
  if (fields.length === 0 || maxRows < 1) return { rows: [], complete: fields.length === 0 };
  const problems = shownProblems(state);
  const titles = fields.map((field) => `${titleOf(field)}${field.required ? ' *' : ''}`);
  const widest = Math.max(...titles.map((title) => columnsOf(title)));
  const width = Math.max(1, Math.min(widest, Math.floor(frame.columns * TITLE_SHARE)));
  const [from, to] = windowOf(fields.length, Math.min(index, fields.length - 1), maxRows);
  const shown = fields.slice(from, to).map((field, at) => {
    const place = from + at;
    const mark = markOf(place, index, [from, to, fields.length]);
    const title = titles[place] ?? '';
    const parts = { field, title, width, mark, selected: place === index };
    return fieldRow(state, { ...parts, wrong: problems.has(field.name) }, frame);
  });
  return {
    rows: shown.map(({ row }) => row),
    complete: to - from === fields.length && shown.every(({ whole }) => whole),
  };
}

interface RowParts {
  field: FormField;
  title: string;
  width: number;
  mark: string;
  selected: boolean;
  wrong: boolean;
}

function fieldRow(
  state: FormState,
  parts: RowParts,
  frame: Frame,
): { row: string; whole: boolean } {
  const { field, title, width, mark, selected, wrong } = parts;
  const { columns, theme, screenReader } = frame;
  const value = state.values.get(field.name);
  const text = value === undefined ? '' : toTerminalLine(redact(showValue(field, value)));
  const start = screenReader ? (selected ? 'Selected: ' : 'field: ') : `│ ${mark}`;
  const sign = wrong ? '! ' : '  ';
  const name = screenReader ? `${title}: ` : `${pad(truncateRow(title, width), width)}  `;
  const head = truncateRow(`${start}${sign}${name}`, columns);
  const room = Math.max(0, columns - columnsOf(head));
  const what =
    value === undefined
      ? theme.paint('dim', truncateRow('(empty)', room))
      : truncateRow(text, room);
  const painted = selected
    ? theme.paint('accent', head)
    : wrong
      ? theme.paint('warning', head)
      : head;
  const whole = columnsOf(text) <= room && (screenReader || columnsOf(title) <= width);
  return { row: painted + what, whole };
}

/** What there is to know of the field under the cursor: description, limits, what is wrong with it. */
export function detailRows(state: FormState, frame: Frame): Rows {
  const field = currentField(state);
  if (field === undefined) return [];
  const problem = shownProblems(state).get(field.name);
  return [
    ...(problem === undefined ? [] : noteRows('error', `${titleOf(field)} ${problem}.`, frame)),
    frame.theme.paint('dim', truncateRow(`  ${limitWords(field)}`, frame.columns)),
    ...aboutRows(field, frame),
  ];
}

/** What the server says of a field. */
export function aboutRows({ description }: FormField, frame: Frame): Rows {
  return description === undefined ? [] : gutteredText(description, frame, { word: 'about' });
}
