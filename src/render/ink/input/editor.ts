import type { Key } from '../types.js';
import {
  after,
  before,
  change,
  moveTo,
  outside,
  redo,
  undo,
  type EditorState,
} from './editor-state.js';
import { expand, pastedFragment, plainFragment } from './fragment.js';
import { kill, yank, yankPop } from './kill-ring.js';
import { columnAt, createLayout, indexAt } from './layout.js';
import { toLines } from './paste.js';
import { lineEnd, lineStart } from './piece.js';
import { blankStart, wordEnd, wordStart } from './words.js';

export { emptyEditor, type EditorState } from './editor-state.js';

/** Columns at the left of the text: for the prompt in the first row, blank in the others. */
export function gutterColumns(columns: number): number {
  return columns < 6 ? 0 : 2;
}

/** What is to be sent: folded pastes in full. */
export function expandedText(state: EditorState): string {
  return expand(state);
}

/** Puts a text in at the cursor. */
export function insertText(state: EditorState, text: string): EditorState {
  return replaceRange(state, { start: state.cursor, end: state.cursor }, text);
}

/** Puts a text in the place of a range (UTF-16 indices); a folded paste that is touched goes as a whole. */
export function replaceRange(
  state: EditorState,
  range: { start: number; end: number },
  text: string,
): EditorState {
  return change(state, range, plainFragment(cleaned(text)));
}

/** Another text in the place of all; the cursor at its end. Can be undone. */
export function setText(state: EditorState, text: string): EditorState {
  return replaceRange(state, { start: 0, end: state.text.length }, text);
}

/**
 * What a key makes of the text. Undefined for a key that does not edit, for Enter, and for Up in
 * the first row and Down in the last one. `columns` as for `editorRows`.
 */
export function editKey(state: EditorState, key: Key, columns: number): EditorState | undefined {
  const { name, text } = key;
  if (name === 'text') return type(state, text);
  if (name === 'paste') return paste(state, text);
  if (name === 'up' || name === 'down') return byRow(state, name, columns);
  if (name === 'enter') return enter(state, key);
  return EDITS[chord(key)]?.(state);
}

type Edit = (state: EditorState) => EditorState | undefined;

/** Shift tells nothing here: Alt+F is Alt+Shift+f, and nothing is selected. */
function chord({ name, ctrl, alt }: Key): string {
  return `${ctrl ? 'ctrl+' : ''}${alt ? 'alt+' : ''}${name}`;
}

const left: Edit = (state) => to(state, before(state, state.cursor));
const right: Edit = (state) => to(state, after(state, state.cursor));
const home: Edit = (state) => to(state, lineStart(state.text, state.cursor));
const end: Edit = (state) => to(state, lineEnd(state.text, state.cursor));
const first: Edit = (state) => to(state, 0);
const last: Edit = (state) => to(state, state.text.length);
const wordLeft: Edit = (state) => to(state, wordBefore(state));
const wordRight: Edit = (state) => to(state, wordAfter(state));
const erase: Edit = (state) => remove(state, before(state, state.cursor), state.cursor);
const eraseNext: Edit = (state) => remove(state, state.cursor, after(state, state.cursor));
const killWordLeft: Edit = (state) => kill(state, wordBefore(state), state.cursor);
const killWordRight: Edit = (state) => kill(state, state.cursor, wordAfter(state));

/** The motions and kills of readline and of the keys with names. */
const EDITS: Partial<Record<string, Edit>> = {
  left,
  right,
  home,
  end,
  'ctrl+b': left,
  'ctrl+f': right,
  'ctrl+a': home,
  'ctrl+e': end,
  'ctrl+home': first,
  'ctrl+end': last,
  'alt+<': first,
  'alt+>': last,
  'alt+b': wordLeft,
  'alt+left': wordLeft,
  'ctrl+left': wordLeft,
  'alt+f': wordRight,
  'alt+right': wordRight,
  'ctrl+right': wordRight,
  backspace: erase,
  'ctrl+h': erase,
  delete: eraseNext,
  'ctrl+d': (state) => (state.text === '' ? undefined : eraseNext(state)),
  'ctrl+w': (state) => kill(state, blankStart(state.text, state.cursor), state.cursor),
  'alt+backspace': killWordLeft,
  'ctrl+backspace': killWordLeft,
  'ctrl+alt+h': killWordLeft,
  'alt+d': killWordRight,
  'alt+delete': killWordRight,
  'ctrl+delete': killWordRight,
  'ctrl+k': killToEnd,
  'ctrl+u': killToStart,
  'ctrl+y': yank,
  'alt+y': yankPop,
  'ctrl+_': undo,
  'ctrl+/': undo,
  'alt+_': redo,
  'ctrl+j': (state) => insertText(state, '\n'),
};

function to(state: EditorState, index: number): EditorState {
  return index === state.cursor && state.goal === undefined ? state : moveTo(state, index);
}

function remove(state: EditorState, start: number, end: number): EditorState {
  return start === end ? state : change(state, { start, end }, plainFragment(''), 'erase');
}

function wordBefore(state: EditorState): number {
  return outside(state, wordStart(state.text, state.cursor), 'before');
}

function wordAfter(state: EditorState): number {
  return outside(state, wordEnd(state.text, state.cursor), 'after');
}

/** At the end of a line it takes the newline, as Emacs does. */
function killToEnd(state: EditorState): EditorState {
  const end = lineEnd(state.text, state.cursor);
  return kill(state, state.cursor, end === state.cursor ? after(state, end) : end);
}

function killToStart(state: EditorState): EditorState {
  const start = lineStart(state.text, state.cursor);
  return kill(state, start === state.cursor ? before(state, start) : start, state.cursor);
}

function type(state: EditorState, text: string): EditorState {
  const range = { start: state.cursor, end: state.cursor };
  return change(state, range, plainFragment(cleaned(text)), 'type');
}

function paste(state: EditorState, text: string): EditorState {
  const range = { start: state.cursor, end: state.cursor };
  return change(state, range, pastedFragment(cleaned(text), state.folds));
}

/** Shift+Enter, Alt+Enter and `\` before Enter. */
function enter(state: EditorState, { shift, alt, ctrl }: Key): EditorState | undefined {
  const { text, cursor } = state;
  if (shift || alt || ctrl) return insertText(state, '\n');
  return text[cursor - 1] === '\\'
    ? replaceRange(state, { start: cursor - 1, end: cursor }, '\n')
    : undefined;
}

function byRow(state: EditorState, way: 'up' | 'down', columns: number): EditorState | undefined {
  const width = Math.max(1, columns - gutterColumns(columns));
  const { text, cursor } = state;
  const layout = createLayout(text, width);
  const row = layout.rowAt(cursor);
  const next = way === 'up' ? layout.above(row) : layout.below(row);
  if (next === undefined) return undefined;
  const goal = state.goal ?? columnAt(text, row, cursor, width);
  const index = indexAt(text, next, goal, width);
  return moveTo(state, outside(state, index, way === 'up' ? 'before' : 'after'), goal);
}

/** Controls but newline and tab are nobody's text; a terminal would act on them. */
function cleaned(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return toLines(text).replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '');
}
