import { columnsOf } from '../../columns.js';
import { cutRows } from '../transcript/rows.js';
import type { Frame, Rows } from '../types.js';
import type { Button } from './form-state.js';

interface Face {
  button: Button;
  word: string;
  /** The key that does it from anywhere. */
  key: string;
}

/** Esc goes one step back where there is one. */
function facesOf(editing: boolean): readonly Face[] {
  return [
    { button: 'send', word: 'Send', key: 'Ctrl+S' },
    { button: 'decline', word: 'Decline', key: 'Ctrl+X' },
    { button: 'cancel', word: 'Cancel', key: editing ? 'Ctrl+C' : 'Esc' },
  ];
}

/** Send, decline, cancel with their keys, in as few rows as it takes. */
export function buttonRows(
  selected: Button | undefined,
  { frame, editing }: { frame: Frame; editing: boolean },
): Rows {
  const { columns, theme, screenReader } = frame;
  const rows: string[] = [];
  let row = '';
  for (const { button, word, key } of facesOf(editing)) {
    const isHere = button === selected;
    const mark = isHere ? (screenReader ? '> ' : '❯ ') : '  ';
    const plain = cutRows(`${mark}${word} (${key})`, columns)[0] ?? '';
    const face = isHere ? theme.paint('selected', plain) : plain;
    if (row !== '' && columnsOf(row) + 2 + columnsOf(plain) > columns) {
      rows.push(row);
      row = '';
    }
    row += row === '' ? face : `  ${face}`;
  }
  return [...rows, row];
}
