import { columnsOf, truncateRow } from '../columns.js';
import type { Theme } from '../theme.js';
import type { Completion, CompletionItem, Key, Rows } from './types.js';

/** A completion as a list to choose from. Immutable. */
export interface MenuState {
  readonly completion: Completion;
  /** The selected item. */
  readonly index: number;
}

/** What a key does to the menu; undefined when the key is not the menu's. */
export type MenuAction =
  | { state: MenuState }
  | { accept: CompletionItem; submit: boolean }
  | 'close'
  | undefined;

export interface ListView {
  columns: number;
  /** Most rows it may take. */
  maxRows: number;
  theme: Theme;
  screenReader: boolean;
}

const MENU_ROWS = 8;
/** A label takes at most this part of the row, so that the detail is seen. */
const LABEL_SHARE = 0.5;

export function openMenu(completion: Completion): MenuState | undefined {
  return completion.items.length === 0 ? undefined : { completion, index: 0 };
}

/** Up, Down, Ctrl+P, Ctrl+N and the page keys move; Tab accepts; Enter accepts, and submits when nothing has to follow; Esc closes. */
export function menuKey(state: MenuState, key: Key): MenuAction {
  const { items } = state.completion;
  const item = items[state.index];
  const move = (index: number): MenuAction => ({ state: { ...state, index } });
  const step = movement(key);
  if (step !== undefined) {
    const last = items.length - 1;
    if (Math.abs(step) > 1) return move(Math.min(last, Math.max(0, state.index + step)));
    return move((state.index + step + items.length) % items.length);
  }
  if (key.ctrl || key.alt || key.shift || item === undefined) return undefined;
  if (key.name === 'tab') return { accept: item, submit: false };
  if (key.name === 'enter') return { accept: item, submit: item.submit === true };
  return key.name === 'escape' ? 'close' : undefined;
}

/** Rows that the key moves, or undefined. */
export function movement({ name, ctrl, alt, shift }: Key): number | undefined {
  if (alt || shift) return undefined;
  if (ctrl) return name === 'p' ? -1 : name === 'n' ? 1 : undefined;
  switch (name) {
    case 'up':
      return -1;
    case 'down':
      return 1;
    case 'pageup':
      return -MENU_ROWS;
    case 'pagedown':
      return MENU_ROWS;
    default:
      return undefined;
  }
}

/** The part of a list that is shown: `size` items around the selected one. */
export function windowOf(count: number, index: number, size: number): [from: number, to: number] {
  const rows = Math.max(1, Math.min(size, count));
  const from = Math.max(0, Math.min(index - Math.floor(rows / 2), count - rows));
  return [from, Math.min(count, from + rows)];
}

/** The mark before an item: `❯` the selected one, `↑` `↓` there are more beyond the shown ones. */
export function markOf(at: number, index: number, [from, to, count]: [number, number, number]) {
  if (at === index) return '❯ ';
  if (at === from && from > 0) return '↑ ';
  return at === to - 1 && to < count ? '↓ ' : '  ';
}

export function menuRows(state: MenuState, view: ListView): Rows {
  const { items } = state.completion;
  const size = Math.min(view.maxRows, MENU_ROWS);
  if (size < 1 || view.columns < 1) return [];
  const [from, to] = windowOf(items.length, state.index, size);
  const shown = items.slice(from, to);
  if (view.screenReader) {
    return shown.map((item, at) => spokenRow(item, from + at, state, view.columns));
  }
  const widest = Math.max(...shown.map(({ label }) => columnsOf(truncateRow(label, view.columns))));
  const labelColumns = Math.max(1, Math.min(widest, Math.floor(view.columns * LABEL_SHARE)));
  return shown.map((item, at) => {
    const mark = markOf(from + at, state.index, [from, to, items.length]);
    return itemRow(item, { ...view, mark, labelColumns, selected: from + at === state.index });
  });
}

interface ItemView extends ListView {
  mark: string;
  labelColumns: number;
  selected: boolean;
}

function itemRow({ label, detail }: CompletionItem, view: ItemView): string {
  const { columns, theme, mark, labelColumns, selected } = view;
  const room = Math.max(1, columns - 2);
  const hasDetail = detail !== undefined && detail !== '';
  const name = truncateRow(label, hasDetail ? Math.min(room, labelColumns) : room);
  const head = hasDetail ? pad(name, labelColumns) : name;
  const left = columns - columnsOf(mark) - columnsOf(head) - 2;
  const rest = hasDetail && left > 3 ? `  ${truncateRow(detail, left)}` : '';
  const row = truncateRow(`${mark}${head}`, columns);
  return selected ? theme.paint('selected', `${row}${rest}`) : `${row}${theme.paint('dim', rest)}`;
}

function spokenRow(item: CompletionItem, at: number, state: MenuState, columns: number): string {
  const count = state.completion.items.length;
  const detail = item.detail === undefined ? '' : `: ${item.detail}`;
  const selected = at === state.index ? `Selected, ${at + 1} of ${count}: ` : '';
  return truncateRow(`${selected}${item.label}${detail}`, columns);
}

/** The text with blanks up to `columns`. */
export function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - columnsOf(text)));
}
