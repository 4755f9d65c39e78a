import { redact } from '../../core/redact.js';
import { toTerminalLine } from '../../core/terminal-text.js';
import { columnsOf, graphemes, truncateRow } from '../columns.js';
import { markOf, movement, windowOf, type ListView } from './menu.js';
import type { Choice, Key, Rows } from './types.js';

/** A list to choose one from, with a filter. Immutable. */
export interface PickerState {
  readonly title: string;
  readonly choices: readonly Choice[];
  readonly filter: string;
  /** Indices into `choices` that the filter leaves. */
  readonly shown: readonly number[];
  /** The selected one of `shown`. */
  readonly index: number;
}

/** What a key does; undefined when it means nothing here. `choose` is an index into `choices`. */
export type PickerAction = { state: PickerState } | { choose: number } | 'close' | undefined;

const MAX_ROWS = 12;
const MAX_FILTER = 200;

export function openPicker(title: string, choices: readonly Choice[]): PickerState {
  const safe = choices.map(({ label, detail }) => ({
    label: toSafe(label),
    ...(detail === undefined ? {} : { detail: toSafe(detail) }),
  }));
  return filtered({ title: toSafe(title), choices: safe, filter: '', shown: [], index: 0 }, '');
}

function toSafe(text: string): string {
  return toTerminalLine(redact(text).slice(0, 1000));
}

/** Typing filters; digits choose while the filter is empty; arrows, page keys, Home and End move; Enter chooses; Esc closes. */
export function pickerKey(state: PickerState, key: Key): PickerAction {
  const { shown, index, filter } = state;
  const step = movement(key);
  if (step !== undefined) return { state: { ...state, index: moved(state, step) } };
  if (key.name === 'text' || key.name === 'paste') return typed(state, key.text);
  if (key.name === 'backspace') {
    return { state: filtered(state, graphemes(filter).slice(0, -1).join('')) };
  }
  if (key.ctrl && key.name === 'u') return { state: filtered(state, '') };
  if (key.ctrl && key.name === 'c') return 'close';
  if (key.ctrl || key.alt) return undefined;
  switch (key.name) {
    case 'enter': {
      const chosen = shown[index];
      return chosen === undefined ? undefined : { choose: chosen };
    }
    case 'escape':
      return 'close';
    case 'home':
      return { state: { ...state, index: 0 } };
    case 'end':
      return { state: { ...state, index: Math.max(0, shown.length - 1) } };
    default:
      return undefined;
  }
}

function moved({ shown, index }: PickerState, step: number): number {
  const last = Math.max(0, shown.length - 1);
  if (Math.abs(step) > 1) return Math.min(last, Math.max(0, index + step));
  return shown.length === 0 ? 0 : (index + step + shown.length) % shown.length;
}

function typed(state: PickerState, text: string): PickerAction {
  if (state.filter === '' && /^[1-9]$/.test(text)) {
    const at = Number(text) - 1;
    return at < state.choices.length ? { choose: at } : undefined;
  }
  const line = toTerminalLine(text.replaceAll(/[\n\t]/g, ' '));
  return { state: filtered(state, `${state.filter}${line}`.slice(0, MAX_FILTER)) };
}

/** Every word of the filter must occur in the label or the detail. */
function filtered(state: PickerState, filter: string): PickerState {
  const words = filter.toLowerCase().split(' ');
  const shown = state.choices.flatMap(({ label, detail = '' }, at) => {
    const text = `${label} ${detail}`.toLowerCase();
    return words.every((word) => text.includes(word)) ? [at] : [];
  });
  return { ...state, filter, shown, index: 0 };
}

/** Title, the filter when there is one, the choices, and the keys when there is room. */
export function pickerRows(state: PickerState, view: ListView): Rows {
  const { columns, maxRows, theme } = view;
  if (maxRows < 1 || columns < 1) return [];
  const head = [theme.paint('bold', truncateRow(state.title, columns))];
  if (state.filter !== '') head.push(truncateRow(`Filter: ${state.filter}`, columns));
  const withKeys = maxRows >= head.length + 3;
  const size = Math.min(MAX_ROWS, maxRows - head.length - (withKeys ? 1 : 0));
  const keys = withKeys ? [theme.paint('dim', truncateRow(KEYS_LINE, columns))] : [];
  return [...head, ...choiceRows(state, size, view), ...keys].slice(0, maxRows);
}

const KEYS_LINE = 'Enter choose · Esc cancel · type to filter';

function choiceRows(state: PickerState, size: number, view: ListView): Rows {
  const { shown, index, choices } = state;
  if (size < 1) return [];
  if (shown.length === 0) return [truncateRow('  Nothing fits the filter.', view.columns)];
  const [from, to] = windowOf(shown.length, index, size);
  return shown.slice(from, to).map((choice, at) => {
    const mark = markOf(from + at, index, [from, to, shown.length]);
    const selected = from + at === index;
    const position = selected ? `Selected, ${from + at + 1} of ${shown.length}: ` : '';
    const row = choices[choice] as Choice;
    const label = `${state.filter === '' && choice < 9 ? `${choice + 1}. ` : ''}${row.label}`;
    return choiceRow({ label, detail: row.detail ?? '' }, selected, {
      ...view,
      mark: view.screenReader ? position : mark,
    });
  });
}

function choiceRow(
  { label, detail }: Required<Choice>,
  selected: boolean,
  { columns, theme, mark }: ListView & { mark: string },
): string {
  const head = truncateRow(`${mark}${label}`, columns);
  const left = columns - columnsOf(head) - 2;
  const rest = detail !== '' && left > 3 ? `  ${truncateRow(detail, left)}` : '';
  return selected
    ? theme.paint('selected', `${head}${rest}`)
    : `${head}${theme.paint('dim', rest)}`;
}
