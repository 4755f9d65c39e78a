import type { FormField } from '../../../core/asks.js';
import { columnsOf, truncateRow } from '../../columns.js';
import { guttered } from '../gutter.js';
import { markOf, windowOf } from '../menu.js';
import { openPicker, pickerKey, type PickerState } from '../picker.js';
import { safeLine } from '../safe.js';
import type { Frame, Key, Rows } from '../types.js';
import type { FieldEditor } from './field-editor.js';
import { problemOf } from './form-state.js';

type OptionField = Extract<FormField, { kind: 'choice' | 'choices' }>;

/** A list to choose from: one by Enter, several by Space. Typing filters. */
export function optionList(field: OptionField, chosen: readonly string[]): FieldEditor {
  const { options } = field;
  const many = field.kind === 'choices';
  const marked = new Set(chosen);
  const first = options.findIndex(({ value }) => marked.has(value));
  let picker = atOption(openPicker('', options.map(toChoice)), first);
  let problem: string | undefined;

  const toggle = (at: number) => {
    const value = options[at]?.value;
    if (value === undefined) return;
    if (!marked.delete(value)) marked.add(value);
  };
  const finish = () => {
    const value = options.flatMap((option) => (marked.has(option.value) ? [option.value] : []));
    if (value.length === 0) return { value: undefined };
    problem = problemOf(field, value);
    return problem === undefined ? { value } : undefined;
  };
  return {
    problem: () => problem,
    key(key) {
      problem = undefined;
      const current = picker.shown[picker.index];
      if (key.name === 'escape') return 'back';
      if (many && isEnter(key)) return finish();
      if (many && key.name === 'text' && key.text === ' ') {
        if (current !== undefined) toggle(current);
        return undefined;
      }
      const action = pickerKey(picker, key);
      if (typeof action !== 'object') return undefined;
      if ('state' in action) picker = action.state;
      else if (many) toggle(action.choose);
      else return { value: options[action.choose]?.value };
      return undefined;
    },
    finish: () => (many ? finish() : 'back'),
    view: (maxRows, frame) => ({ rows: listRows({ field, picker, marked, maxRows, frame }) }),
    keys: many ? 'Space marks · Enter done · type to filter · Esc back' : CHOOSE_KEYS,
  };
}

const CHOOSE_KEYS = 'Enter chooses · type to filter · Esc back';

function toChoice({ title, value }: OptionField['options'][number]) {
  return title === value ? { label: title } : { label: title, detail: value };
}

function atOption(picker: PickerState, index: number): PickerState {
  return index < 0 ? picker : { ...picker, index };
}

function isEnter({ name, ctrl, alt }: Key): boolean {
  return name === 'enter' && !ctrl && !alt;
}

interface ListInput {
  field: OptionField;
  picker: PickerState;
  marked: ReadonlySet<string>;
  maxRows: number;
  frame: Frame;
}

/** Rows of the choice under the cursor in full, where its own row cannot show all of it. */
const MAX_FULL = 6;

function listRows(input: ListInput): Rows {
  const { picker, maxRows, frame, field } = input;
  const { columns } = frame;
  const filter = picker.filter === '' ? [] : [truncateRow(`Filter: ${picker.filter}`, columns)];
  if (picker.shown.length === 0) {
    return [...filter, truncateRow('  Nothing fits the filter.', columns)].slice(0, maxRows);
  }
  const current = field.options[picker.shown[picker.index] ?? -1];
  const words = current === undefined ? '' : wordsOf(current);
  const isCut = columnsOf(words) > columns - LEFT;
  const full = isCut ? guttered(words, frame, { word: 'choice' }).slice(0, MAX_FULL) : [];
  const size = Math.max(1, maxRows - filter.length - full.length);
  const [from, to] = windowOf(picker.shown.length, picker.index, size);
  const rows = picker.shown
    .slice(from, to)
    .map((option, at) => optionRow(option, from + at, [from, to, picker.shown.length], input));
  return [...filter, ...rows, ...full].slice(0, maxRows);
}

/** Columns before the words of a choice. */
const LEFT = 8;

function optionRow(
  option: number,
  at: number,
  window: [number, number, number],
  { field, picker, marked, frame }: ListInput,
): string {
  const { columns, theme, screenReader } = frame;
  const choice = field.options[option];
  if (choice === undefined) return '';
  const isMarked = marked.has(choice.value);
  const selected = at === picker.index;
  const cursor = screenReader
    ? selected
      ? `Selected, ${at + 1} of ${window[2]}: `
      : ''
    : `│ ${markOf(at, picker.index, window)}`;
  const box = field.kind === 'choices' ? (isMarked ? '[x] ' : '[ ] ') : isMarked ? '(•) ' : '( ) ';
  const spoken = isMarked ? 'chosen, ' : '';
  const row = truncateRow(`${cursor}${screenReader ? spoken : box}${wordsOf(choice)}`, columns);
  return selected ? theme.paint('accent', row) : row;
}

function wordsOf({ title, value }: OptionField['options'][number]): string {
  return title === value ? safeLine(title) : `${safeLine(title)}  (${safeLine(value)})`;
}
