import type { FormField, FormRequest } from '../../../core/asks.js';
import { truncateRow } from '../../columns.js';
import { gutteredText } from '../gutter.js';
import type { Pane } from '../layers.js';
import { safeLine } from '../safe.js';
import type { Scroll } from '../scroll.js';
import { plural } from '../transcript/amounts.js';
import { noteRows } from '../transcript/notice-rows.js';
import { clampRows, cutRows } from '../transcript/rows.js';
import type { Frame, Rows } from '../types.js';
import { buttonRows } from './buttons.js';
import type { FieldEditor } from './field-editor.js';
import { limitWords, titleOf } from './field-words.js';
import { aboutRows, detailRows, fieldRows } from './form-list.js';
import { currentButton, type FormState } from './form-state.js';
import { reviewRows } from './review.js';

interface Parts {
  request: FormRequest;
  /** Fields that sound like a secret. */
  secrets: readonly FormField[];
  /** Other questions that wait. */
  waiting: number;
  scroll: Scroll;
  maxRows: number;
  frame: Frame;
}

/** Rows that each part keeps when there is little room. */
const MIN_FIELDS = 3;
const MIN_DETAIL = 2;
/** Part of the room that the fields take from a long message. */
const FIELD_SHARE = 0.6;
/** Rows of what is said of one field. */
const MAX_DETAIL = 6;

/** The form: what the server says, the fields, what there is to know of the current one, the buttons. */
export function listView(
  parts: Parts & { state: FormState; message: Rows },
): Pane & { complete: boolean } {
  const { state, message, scroll, maxRows, frame } = parts;
  const buttons = buttonRows(currentButton(state), { frame, editing: false });
  const keys = keyRow('↑↓ fields · Enter or type to change · Backspace empties', frame);
  const all = [...headRows(parts), ...secretRows(parts)];
  const head = all.slice(0, Math.max(1, maxRows - buttons.length - MIN_FIELDS));
  const detail = cutDetail(detailRows(state, frame), frame);
  const foot = maxRows - head.length - buttons.length > MIN_FIELDS + MIN_DETAIL ? keys : [];
  const below = buttons.length + foot.length;
  let room = Math.max(0, maxRows - head.length - below);
  const about = detail.slice(0, Math.max(0, room - Math.min(state.fields.length, MIN_FIELDS)));
  room -= about.length;
  const share = shareRoom(room, state.fields.length, message.length);
  const fields = fieldRows(state, share.fields, frame);
  const said = scroll.view(message, share.message, frame);
  const rows = [...head, ...said, ...fields.rows, ...about];
  const above = rows.slice(0, Math.max(0, maxRows - below));
  return {
    rows: clampRows(lastRows([...above, ...foot, ...buttons], maxRows), frame.columns),
    complete: fields.complete && above.length === rows.length,
  };
}

/** What is left goes to the fields first, but for the beginning of a long message. */
function shareRoom(
  room: number,
  fields: number,
  message: number,
): { fields: number; message: number } {
  const most = Math.max(MIN_FIELDS, Math.floor(room * FIELD_SHARE), room - message);
  const rows = Math.min(fields, most, room);
  return { fields: rows, message: Math.min(message, room - rows) };
}

/** Longer descriptions are read in the field itself. */
function cutDetail(rows: Rows, { theme, columns }: Frame): Rows {
  if (rows.length <= MAX_DETAIL) return rows;
  const more = theme.paint('dim', truncateRow('  … Enter shows all of it', columns));
  return [...rows.slice(0, MAX_DETAIL - 1), more];
}

/** One field: all that is said of it, and its value. */
export function editView(parts: Parts & { field: FormField; editor: FieldEditor }): Pane {
  const { field, editor, secrets, scroll, maxRows, frame } = parts;
  const buttons = buttonRows(undefined, { frame, editing: true });
  const problem = editor.problem();
  const foot = [
    ...(problem === undefined ? [] : noteRows('error', `${titleOf(field)} ${problem}.`, frame)),
    ...keyRow(editor.keys, frame),
    ...buttons,
  ];
  const below = lastRows(foot, maxRows - 1);
  const title = gutteredText(`${titleOf(field)}${field.required ? ' *' : ''}`, frame, {
    word: 'field',
  });
  const limits = [frame.theme.paint('dim', truncateRow(`  ${limitWords(field)}`, frame.columns))];
  const warning = secrets.includes(field) ? noteRows('warning', SECRET_WORDS, frame) : [];
  const head = [...fieldHead(parts), ...title, ...limits, ...warning].slice(
    0,
    Math.max(0, maxRows - below.length - 1),
  );
  const room = maxRows - below.length - head.length;
  const about = aboutRows(field, frame);
  const least = 'options' in field ? Math.min(field.options.length, 4) : 1;
  const said = scroll.view(about, Math.max(0, Math.min(about.length, room - least)), frame);
  const view = editor.view(Math.max(1, room - said.length), frame);
  const above = [...head, ...said];
  return {
    rows: clampRows(
      [...above, ...view.rows, ...below].slice(0, Math.max(0, maxRows)),
      frame.columns,
    ),
    ...(view.cursor === undefined
      ? {}
      : { cursor: { x: view.cursor.x, y: view.cursor.y + above.length } }),
  };
}

function fieldHead({ request, frame }: Parts): Rows {
  const text = `${safeLine(request.server, 128)} asks you for`;
  return cutRows(text, frame.columns).map((row) => frame.theme.paint('bold', row));
}

/** Every value in full, when the list could not show them all. */
export function reviewView(parts: Parts & { state: FormState }): Pane {
  const { request, state, scroll, maxRows, frame } = parts;
  const server = safeLine(request.server, 128);
  const head = cutRows(`Send this to ${server}?`, frame.columns).map((row) =>
    frame.theme.paint('bold', row),
  );
  const foot = [
    ...keyRow('Enter sends · Esc back · PgUp/PgDn scroll', frame),
    ...buttonRows('send', { frame, editing: true }),
  ];
  const buttons = lastRows(foot, maxRows - 1);
  const top = [...head, ...secretRows(parts)].slice(0, Math.max(0, maxRows - buttons.length - 1));
  const body = scroll.view(reviewRows(state, frame), maxRows - top.length - buttons.length, frame);
  return { rows: clampRows([...top, ...body, ...buttons].slice(0, maxRows), frame.columns) };
}

/** Who asks, and what. */
function headRows({ request, waiting, frame }: Parts): Rows {
  const { theme, columns } = frame;
  const count = request.fields.length;
  const what = count === 0 ? 'a yes or no' : `${plural(count, 'value')}, * is required`;
  const title = `${safeLine(request.server, 128)} asks you for ${what}`;
  const more = waiting > 0 ? [`${plural(waiting, 'more question')} after this one`] : [];
  return [
    ...cutRows(title, columns).map((row) => theme.paint('bold', row)),
    ...more.map((text) => theme.paint('dim', truncateRow(text, columns))),
  ];
}

const SECRET_WORDS = 'This sounds like a secret. Servers must not ask for secrets in a form.';
const MAX_NAMED = 3;

/** Servers MUST NOT ask for secrets in a form (client/elicitation#security-considerations). */
function secretRows({ secrets, frame }: Parts): Rows {
  if (secrets.length === 0) return [];
  const names = secrets.slice(0, MAX_NAMED).map((field) => `"${safeLine(titleOf(field), 40)}"`);
  const more = secrets.length > MAX_NAMED ? ` and ${secrets.length - MAX_NAMED} more` : '';
  const verb = secrets.length === 1 ? 'sounds' : 'sound';
  const words = `${names.join(', ')}${more} ${verb} like a secret. Servers must not ask for secrets in a form.`;
  return noteRows('warning', words, frame);
}

function keyRow(text: string, { theme, columns }: Frame): Rows {
  return [theme.paint('dim', truncateRow(`  ${text}`, columns))];
}

function lastRows(rows: Rows, count: number): Rows {
  return count <= 0 ? [] : rows.slice(-count);
}
