import { columnsOf, truncateRow } from '../../columns.js';
import type { Layer } from '../layers.js';
import { remembered } from '../remembered.js';
import { createScroll } from '../scroll.js';
import { noteRows } from '../transcript/notice-rows.js';
import { clampRows, cutRows } from '../transcript/rows.js';
import type { Frame, Key, NoteLevel, Rows } from '../types.js';

/** A letter and what it does. */
interface AskKey {
  letter: string;
  act: () => void;
}

/** One thing a person can say. Its number is its place. */
export interface AskChoice extends AskKey {
  words: string;
  /** The same in one or two words, for a screen with hardly any room. */
  short: string;
}

export interface ChoiceDialog {
  /** Our words and the server's configured id; safe. */
  title: string;
  /** What to beware of; safe. */
  notes: () => readonly (readonly [NoteLevel, string])[];
  /** What is judged, complete, each row marked as foreign. */
  content: (frame: Frame) => Rows;
  choices: readonly AskChoice[];
  /** Letters that answer nothing, told in `keys`. */
  others?: readonly AskKey[];
  /** Place of the choice that Enter takes at first. */
  selected: number;
  /** Esc and Ctrl+C. */
  leave: () => void;
  /** What Esc means, and other keys. */
  keys: string;
}

/** A question with something to read: the text scrolls, the choices are always there. */
export function choiceDialog(dialog: ChoiceDialog): Layer {
  let { selected } = dialog;
  const scroll = createScroll();
  const content = remembered(dialog.content);
  const move = (step: number) => {
    const count = dialog.choices.length;
    selected = (selected + step + count) % count;
  };
  return {
    key(key) {
      if (key.name === 'escape' || (key.ctrl && key.name === 'c')) dialog.leave();
      else if (key.ctrl || key.alt || scroll.key(key)) return;
      else if (key.name === 'up') move(-1);
      else if (key.name === 'down') move(1);
      else if (key.name === 'enter') dialog.choices[selected]?.act();
      else choiceOf(dialog, key)?.act();
    },
    view(maxRows, frame) {
      const { head, choices } = layOut({ dialog, maxRows, frame, selected });
      const room = maxRows - head.length - choices.length;
      const rows = [...head, ...scroll.view(content(frame), room, frame), ...choices];
      return { rows: clampRows(rows, frame.columns) };
    },
  };
}

/** Several characters at once are no answer to anything. */
function choiceOf(dialog: ChoiceDialog, { name, text }: Key): AskKey | undefined {
  if (name !== 'text') return undefined;
  const { choices, others = [] } = dialog;
  const number = /^[1-9]$/.test(text) ? choices[Number(text) - 1] : undefined;
  return number ?? [...choices, ...others].find(({ letter }) => letter === text);
}

/** Rows of the content below which everything else is said in fewer words. */
const MIN_CONTENT = 3;

interface LayoutInput {
  dialog: ChoiceDialog;
  maxRows: number;
  frame: Frame;
  selected: number;
}

function layOut(input: LayoutInput): { head: Rows; choices: Rows } {
  const { dialog, maxRows, frame } = input;
  const { columns, theme } = frame;
  const title = cutRows(dialog.title, columns).map((row) => theme.paint('bold', row));
  const notes = dialog.notes().flatMap(([level, text]) => noteRows(level, text, frame));
  const full = { head: [...title, ...notes], choices: choiceRows(input) };
  if (full.head.length + full.choices.length + MIN_CONTENT <= maxRows) return full;
  const choices = compactRows(input).slice(0, Math.max(0, maxRows));
  const room = Math.max(0, maxRows - choices.length - MIN_CONTENT);
  const first = title.slice(0, Math.max(1, room));
  const head = [...first, ...notes.slice(0, Math.max(0, room - first.length))];
  return { head: head.slice(0, Math.max(0, maxRows - choices.length)), choices };
}

/** One row a choice, and one for the other keys. */
function choiceRows({ dialog, selected, frame }: LayoutInput): Rows {
  const { columns, theme, screenReader } = frame;
  const width = Math.max(...dialog.choices.map(({ words }) => columnsOf(words)));
  const rows = dialog.choices.map(({ letter, words }, at) => {
    const mark = at === selected ? (screenReader ? '> ' : '❯ ') : '  ';
    const plain = `${mark}${at + 1}. ${words}`;
    const keys = screenReader ? ` (${letter})` : `  (${letter} / ${at + 1})`;
    const pad = screenReader ? '' : ' '.repeat(width - columnsOf(words));
    const fits = columnsOf(plain + pad + keys) <= columns;
    const text = truncateRow(plain, columns);
    const style = at === selected ? theme.paint('accent', text) : text;
    return style + (fits ? theme.paint('dim', pad + keys) : '');
  });
  return [...rows, theme.paint('dim', truncateRow(`  ${dialog.keys}`, columns))];
}

/** All choices in as few rows as it takes. */
function compactRows({ dialog, selected, frame: { columns, theme } }: LayoutInput): Rows {
  const words = [...dialog.choices.map(({ letter, short }) => `${letter} ${short}`), 'Esc'];
  const rows: string[][] = [[]];
  let used = 0;
  words.forEach((word, at) => {
    const wide = columnsOf(word);
    if (used > 0 && used + 2 + wide > columns) {
      rows.push([]);
      used = 0;
    }
    used += (used > 0 ? 2 : 0) + wide;
    const fits = cutRows(word, columns)[0] ?? '';
    rows.at(-1)?.push(at === selected ? theme.paint('selected', fits) : fits);
  });
  return rows.map((row) => row.join('  '));
}
