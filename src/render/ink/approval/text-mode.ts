import type { ApprovalAnswer, ApprovalRequest } from '../../../core/chat.js';
import { truncateRow } from '../../columns.js';
import { editKey, emptyEditor, expandedText, setText, type EditorState } from '../input/editor.js';
import { editorRows } from '../input/editor-view.js';
import type { Pane } from '../layers.js';
import { safeLine } from '../safe.js';
import { noteRows } from '../transcript/notice-rows.js';
import type { Frame, Key } from '../types.js';
import { fromEditText, toEditText } from './edit-arguments.js';

/** A text that the person writes before there is an answer. */
export interface TextMode {
  key: (key: Key) => ApprovalAnswer | 'back' | undefined;
  view: (maxRows: number, frame: Frame) => Pane;
}

const MAX_REASON = 2000;

/** Why not: one line, which the model reads. */
export function reasonMode(): TextMode {
  return textMode({
    text: '',
    title: 'No, because … (the model reads it)',
    keys: 'Enter sends · Esc back',
    rows: 3,
    oneLine: true,
    accept(text) {
      const reason = text.trim().replaceAll(/\s+/g, ' ').slice(0, MAX_REASON).toWellFormed();
      return reason === '' ? { kind: 'deny' } : { kind: 'deny', reason };
    },
  });
}

/** The arguments as JSON. */
export function editMode({ server, tool, args }: ApprovalRequest): TextMode {
  const text = toEditText(args);
  return textMode({
    text,
    title: `Arguments of ${safeLine(server, 64)} › ${safeLine(tool, 128)} as JSON`,
    keys: 'Enter runs it once · Alt+Enter new line · Esc back',
    rows: Infinity,
    oneLine: false,
    accept(edited) {
      if (edited === text) return { kind: 'once' };
      const result = fromEditText(edited, args);
      return 'problem' in result ? result.problem : { kind: 'once', args: result.args };
    },
  });
}

interface TextModeOptions {
  text: string;
  title: string;
  keys: string;
  /** Rows of the editor at most. */
  rows: number;
  oneLine: boolean;
  /** The answer, or why there is none. */
  accept: (text: string) => ApprovalAnswer | string;
}

function textMode(options: TextModeOptions): TextMode {
  let state = startingWith(options.text);
  let problem = '';
  let columns = 80;
  return {
    key(key) {
      if (key.name === 'escape' || (key.ctrl && key.name === 'c')) return 'back';
      const isEnter = key.name === 'enter';
      if (isEnter && (options.oneLine || !(key.shift || key.alt || key.ctrl))) {
        const answer = options.accept(expandedText(state));
        if (typeof answer !== 'string') return answer;
        problem = answer;
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
