import type { Theme } from '../theme.js';
import {
  editKey,
  emptyEditor,
  expandedText,
  insertText,
  replaceRange,
  setText,
  type EditorState,
} from './input/editor.js';
import { editorRows } from './input/editor-view.js';
import type { PromptHistory } from './input/history.js';
import type { Pane } from './layers.js';
import { menuKey, menuRows, openMenu, type MenuState } from './menu.js';
import type { Complete, Completion, CompletionItem, Frame, Key, Rows } from './types.js';

export interface InputPaneOptions {
  history: PromptHistory;
  /** Undefined until there is something to complete with. */
  completer: () => Complete | undefined;
  theme: () => Theme;
  /** A completion came later. */
  changed: () => void;
}

/** What became of a key: the input's own, the whole text to be sent, or nobody's here. */
export type InputAction = 'handled' | 'ignored' | { submit: string };

/** The editor with its history and its menu of completions. */
export interface InputPane {
  /** With folded pastes unfolded. */
  readonly text: string;
  readonly isEmpty: boolean;
  setText: (text: string) => void;
  insert: (text: string) => void;
  key: (key: Key, columns: number) => InputAction;
  /** Closes the menu; false when there is none. */
  closeMenu: () => boolean;
  view: (maxRows: number, frame: Frame) => Pane;
  menu: (maxRows: number, frame: Frame) => Rows;
}

const MAX_EDITOR_ROWS = 10;
const PLACEHOLDER = 'Ask something · / commands · @ files and resources · ! shell';
/** Nothing longer is completed: it is no command line. */
const MAX_COMPLETED = 10_000;

export function createInputPane(options: InputPaneOptions): InputPane {
  const { history, changed } = options;
  let editor = emptyEditor();
  let menu: MenuState | undefined;
  let lookup: AbortController | undefined;

  const closeMenu = () => {
    lookup?.abort();
    lookup = undefined;
    const wasOpen = menu !== undefined;
    menu = undefined;
    return wasOpen;
  };
  /** Asks what could stand at the cursor; an answer to an earlier question counts no more. */
  const refreshMenu = () => {
    closeMenu();
    const complete = options.completer();
    if (complete === undefined || editor.text === '' || editor.text.length > MAX_COMPLETED) return;
    const controller = new AbortController();
    lookup = controller;
    const found = complete(editor.text, editor.cursor, controller.signal);
    if (!(found instanceof Promise)) {
      menu = toMenu(found, editor);
      return;
    }
    void openLater(found, controller.signal);
  };
  const openLater = async (found: Promise<Completion | undefined>, signal: AbortSignal) => {
    const completion = await found;
    if (signal.aborted) return;
    menu = toMenu(completion, editor);
    changed();
  };
  const become = (next: EditorState) => {
    const same = next.text === editor.text;
    editor = next;
    if (!same) refreshMenu();
  };
  const recall = (text: string | undefined) => {
    if (text === undefined) return;
    editor = setText(editor, text);
    closeMenu();
  };
  const accept = (item: CompletionItem, range: Completion['range']) => {
    editor = replaceRange(editor, range, item.insert);
    if (item.more === true) refreshMenu();
    else closeMenu();
  };
  const submit = (): InputAction => {
    const text = expandedText(editor);
    if (text.trim() === '') return 'handled';
    // Not an empty editor: what was killed can still be put back, and undo brings back what was sent.
    editor = setText(editor, '');
    closeMenu();
    history.reset();
    return { submit: text };
  };
  const inMenu = (key: Key): InputAction | undefined => {
    if (menu === undefined) return undefined;
    const action = menuKey(menu, key);
    if (action === undefined) return undefined;
    if (action === 'close') closeMenu();
    else if ('state' in action) menu = action.state;
    else {
      accept(action.accept, menu.completion.range);
      if (action.submit) return submit();
    }
    return 'handled';
  };
  const walk = ({ name, ctrl }: Key): boolean => {
    const older = name === 'up' || (ctrl && name === 'p');
    const newer = name === 'down' || (ctrl && name === 'n');
    if (older) recall(history.older(expandedText(editor)));
    else if (newer) recall(history.newer());
    return older || newer;
  };
  return {
    get text() {
      return expandedText(editor);
    },
    get isEmpty() {
      return editor.text === '';
    },
    setText(text) {
      editor = setText(editor, text);
      closeMenu();
    },
    insert: (text) => become(insertText(editor, text)),
    key(key, columns) {
      const action = inMenu(key);
      if (action !== undefined) return action;
      const plain = !key.ctrl && !key.alt && !key.shift;
      if (key.name === 'enter' && plain && !endsInBackslash(editor)) return submit();
      if (key.name === 'tab' && plain) {
        refreshMenu();
        return 'handled';
      }
      const next = editKey(editor, key, columns);
      if (next !== undefined) {
        become(next);
        return 'handled';
      }
      return walk(key) ? 'handled' : 'ignored';
    },
    closeMenu,
    view: (maxRows, frame) =>
      editorRows(editor, {
        columns: frame.columns,
        maxRows: Math.max(1, Math.min(maxRows, MAX_EDITOR_ROWS)),
        theme: options.theme(),
        placeholder: PLACEHOLDER,
        screenReader: frame.screenReader,
      }),
    menu: (maxRows, frame) =>
      menu === undefined
        ? []
        : menuRows(menu, { ...frame, maxRows: Math.min(maxRows, frame.rows) }),
  };
}

/** `\` and Enter make a new line; that is the editor's. */
function endsInBackslash({ text, cursor }: EditorState): boolean {
  return text[cursor - 1] === '\\';
}

/** No menu that offers only what stands there already. */
function toMenu(completion: Completion | undefined, { text }: EditorState): MenuState | undefined {
  if (completion === undefined) return undefined;
  const { range, items } = completion;
  const written = text.slice(range.start, range.end);
  if (items.every(({ insert }) => insert.trimEnd() === written)) return undefined;
  return openMenu(completion);
}
