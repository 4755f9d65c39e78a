import { truncateRow } from '../columns.js';
import { editKey, emptyEditor, expandedText, setText, type EditorState } from './input/editor.js';
import { editorRows } from './input/editor-view.js';
import type { Pane } from './layers.js';
import { noteRows } from './transcript/notice-rows.js';
import type { Frame, Key } from './types.js';

/** A text that the person writes before there is an answer. */
export interface TextMode<A> {
  key: (key: Key) => { answer: A } | 'back' | undefined;
  view: (maxRows: number, frame: Frame) => Pane;
}

export interface TextModeOptions<A> {
  text: string;
  /** Safe, as the keys. */
  title: string;
  keys: string;
  /** Rows of the editor at most. */
  rows: number;
  oneLine: boolean;
  /** The answer, or why there is none. */
  accept: (text: string) => { answer: A } | { problem: string };
}

export function textMode<A>(options: TextModeOptions<A>): TextMode<A> {
  let state = startingWith(options.text);
  let problem = '';
  let columns = 80;
  return {
    key(key) {
      if (key.name === 'escape' || (key.ctrl && key.name === 'c')) return 'back';
      const isEnter = key.name === 'enter';
      if (isEnter && (options.oneLine || !(key.shift || key.alt || key.ctrl))) {
        const result = options.accept(expandedText(state));
        if ('answer' in result) return result;
        ({ problem } = result);
        return undefined;
      }
      if (options.oneLine && key.ctrl && key.name === 'j') return undefined;
      state = editKey(state, key, columns) ?? state;
      problem = '';
      return undefined;
    },
    view(maxRows, frame) {
      columns = frame.columns;
      const { theme } = frame;
      const problems = problem === '' ? [] : noteRows('error', problem, frame).slice(0, 2);
      const keys = [theme.paint('dim', truncateRow(options.keys, columns))];
      const title = [theme.paint('bold', truncateRow(options.title, columns))];
      let room = maxRows - problems.length;
      const below = room > 2 ? keys : [];
      room -= below.length;
      const above = room > 1 ? title : [];
      room -= above.length;
      const view = editorRows(state, {
        columns,
        maxRows: Math.max(1, Math.min(options.rows, room)),
        theme,
        screenReader: frame.screenReader,
      });
      return {
        rows: [...above, ...view.rows, ...problems, ...below].slice(0, Math.max(0, maxRows)),
        cursor: { x: view.cursor.x, y: view.cursor.y + above.length },
      };
    },
  };
}

/** The cursor stands at the beginning. */
function startingWith(text: string): EditorState {
  if (text === '') return emptyEditor();
  const state = setText(emptyEditor(), text);
  const home: Key = { name: 'home', text: '', ctrl: true, alt: false, shift: false };
  return editKey(state, home, 80) ?? state;
}
