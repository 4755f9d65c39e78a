import {
  editKey,
  emptyEditor,
  type EditorState,
} from '../../../../../src/render/ink/input/editor.js';
import type { Key } from '../../../../../src/render/ink/types.js';

/** A key by its name: `ctrl+a`, `alt+enter`, `up`. */
export function press(chord: string): Key {
  const parts = chord === 'ctrl+ ' ? ['ctrl', ' '] : chord.split('+');
  return {
    name: parts.at(-1) ?? '',
    text: '',
    ctrl: parts.includes('ctrl'),
    alt: parts.includes('alt'),
    shift: parts.includes('shift'),
  };
}

export function typed(text: string): Key {
  return { ...press('text'), text };
}

export function pasted(text: string): Key {
  return { ...press('paste'), text };
}

/** A text with the cursor at `|`. */
export function editor(marked: string): EditorState {
  const cursor = marked.indexOf('|');
  return { ...emptyEditor(), text: marked.replace('|', ''), cursor };
}

/** The text with `|` at the cursor. */
export function marked({ text, cursor }: EditorState): string {
  return `${text.slice(0, cursor)}|${text.slice(cursor)}`;
}

/** Presses keys one after another; one that is not the editor's changes nothing. */
export function pressAll(
  state: EditorState,
  keys: readonly (string | Key)[],
  columns = 80,
): EditorState {
  return keys.reduce<EditorState>(
    (now, key) => editKey(now, typeof key === 'string' ? press(key) : key, columns) ?? now,
    state,
  );
}
