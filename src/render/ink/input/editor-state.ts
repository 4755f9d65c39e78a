import {
  foldAround,
  plainFragment,
  sliceFragment,
  spliceFragment,
  type Fragment,
} from './fragment.js';
import { borderAtOrAfter, borderAtOrBefore, nextBorder, previousBorder } from './graphemes.js';

/** What the last key did, where the next one may go on with it. */
export type Action = 'type' | 'erase' | 'kill' | 'yank';

/** One change that can be taken back: `removed` stood at `start` where now `inserted` stands. */
export interface Change {
  readonly start: number;
  readonly removed: Fragment;
  readonly inserted: Fragment;
  /** Where the cursor was. */
  readonly cursor: number;
}

/** A text that is being edited. Never changed; every key makes a new one. */
export interface EditorState extends Fragment {
  /** UTF-16 index: between two graphemes, never within the label of a folded paste. */
  readonly cursor: number;
  /** The column that Up and Down try to keep. */
  readonly goal: number | undefined;
  readonly last: Action | undefined;
  /** Killed texts, the newest first. */
  readonly kills: readonly Fragment[];
  /** The newest last. */
  readonly undo: readonly Change[];
  readonly redo: readonly Change[];
}

const MAX_CHANGES = 500;

export function emptyEditor(): EditorState {
  return {
    ...plainFragment(''),
    cursor: 0,
    goal: undefined,
    last: undefined,
    kills: [],
    undo: [],
    redo: [],
  };
}

/** The place after the cursor's grapheme or folded paste. */
export function after(state: Fragment, index: number): number {
  const fold = state.folds.find(({ start }) => start === index);
  const end =
    fold === undefined ? nextBorder(state.text, index) : borderAtOrAfter(state.text, fold.end);
  return outside(state, end, 'after');
}

/** The place before the grapheme or folded paste that ends at the cursor. */
export function before(state: Fragment, index: number): number {
  return outside(state, previousBorder(state.text, index), 'before');
}

/** The index itself, or the edge of the grapheme or fold that it is within. */
export function outside(state: Fragment, index: number, side: 'before' | 'after'): number {
  const fold = foldAround(state.folds, index);
  const edge = fold === undefined ? index : side === 'before' ? fold.start : fold.end;
  const toBorder = side === 'before' ? borderAtOrBefore : borderAtOrAfter;
  const border = toBorder(state.text, edge);
  // Some characters join the one behind them, which may begin a label.
  return foldAround(state.folds, border) === undefined ? border : outside(state, border, side);
}

export function moveTo(state: EditorState, cursor: number, goal?: number): EditorState {
  return { ...state, cursor, goal, last: undefined };
}

/** Replaces a range. A folded paste that it touches goes as a whole. The cursor ends behind the new text. */
export function change(
  state: EditorState,
  range: { start: number; end: number },
  inserted: Fragment,
  last?: Action,
): EditorState {
  const start = foldAround(state.folds, range.start)?.start ?? range.start;
  const end = foldAround(state.folds, range.end)?.end ?? range.end;
  const removed = sliceFragment(state, start, end);
  if (removed.text === '' && inserted.text === '') return { ...state, goal: undefined, last };
  const whole = spliceFragment(state, { start, end }, inserted);
  const made: Change = { start, removed, inserted, cursor: state.cursor };
  return {
    ...state,
    ...whole,
    cursor: outside(whole, start + inserted.text.length, 'after'),
    goal: undefined,
    last,
    undo: remember(state, made, last),
    redo: [],
  };
}

/** Characters typed or erased in a row are taken back together, word by word. */
function remember(state: EditorState, made: Change, action: Action | undefined): readonly Change[] {
  const { undo } = state;
  const previous = undo.at(-1);
  const goesOn = previous !== undefined && action !== undefined && state.last === action;
  const joined = goesOn ? join(previous, made, action) : undefined;
  return joined === undefined
    ? [...undo.slice(-MAX_CHANGES + 1), made]
    : [...undo.slice(0, -1), joined];
}

function join(previous: Change, made: Change, action: Action): Change | undefined {
  const { inserted, removed, start } = previous;
  const isPlain = [inserted, removed, made.inserted, made.removed].every(
    ({ folds }) => folds.length === 0,
  );
  if (!isPlain) return undefined;
  if (action === 'type') {
    const follows = made.removed.text === '' && made.start === start + inserted.text.length;
    const newWord = /\s$/.test(inserted.text) && !/^\s/.test(made.inserted.text);
    if (!follows || newWord) return undefined;
    return { ...previous, inserted: plainFragment(inserted.text + made.inserted.text) };
  }
  if (action !== 'erase' || inserted.text !== '' || made.inserted.text !== '') return undefined;
  if (made.start + made.removed.text.length === start) {
    const text = made.removed.text + removed.text;
    return { ...previous, start: made.start, removed: plainFragment(text) };
  }
  return made.start === start
    ? { ...previous, removed: plainFragment(removed.text + made.removed.text) }
    : undefined;
}

/** Takes back the last change; the state itself when there is none. */
export function undo(state: EditorState): EditorState {
  const last = state.undo.at(-1);
  if (last === undefined) return state;
  const { start, removed, inserted } = last;
  const whole = spliceFragment(state, { start, end: start + inserted.text.length }, removed);
  return {
    ...moveTo({ ...state, ...whole }, last.cursor),
    undo: state.undo.slice(0, -1),
    redo: [...state.redo, last],
  };
}

/** Makes the change again that was taken back last. */
export function redo(state: EditorState): EditorState {
  const next = state.redo.at(-1);
  if (next === undefined) return state;
  const { start, removed, inserted } = next;
  const whole = spliceFragment(state, { start, end: start + removed.text.length }, inserted);
  return {
    ...moveTo({ ...state, ...whole }, outside(whole, start + inserted.text.length, 'after')),
    undo: [...state.undo, next],
    redo: state.redo.slice(0, -1),
  };
}
