import { now } from '../../core/clock.js';
import { truncateRow } from '../columns.js';
import { createLineInput, lineKey, lineRow } from './input/line-input.js';
import type { Layer } from './layers.js';
import { openPicker, pickerKey, pickerRows } from './picker.js';
import { safeLine } from './safe.js';
import type { Choice } from './types.js';

type Make<T> = (settle: (value: T) => void) => Layer;

/** A list to choose from: settles with an index, or undefined. */
export function choiceLayer(title: string, choices: readonly Choice[]): Make<number | undefined> {
  return (settle) => {
    let state = openPicker(title, choices);
    return {
      key(key) {
        const action = pickerKey(state, key);
        if (action === undefined) return;
        if (action === 'close') settle(undefined);
        else if ('choose' in action) settle(action.choose);
        else state = action.state;
      },
      view: (maxRows, frame) => ({ rows: pickerRows(state, { ...frame, maxRows }) }),
    };
  };
}

/** Somebody who was typing when the question came has paused for this long. */
const PAUSE_MS = 500;

/** A question that comes by itself: keys that went on from what was being typed are no answer, but for leaving. */
export function afterTyping<T>(make: Make<T>): Make<T> {
  return (settle) => {
    const layer = make(settle);
    let lastAt: number | undefined;
    return {
      key(key) {
        const paused = lastAt !== undefined && now() - lastAt >= PAUSE_MS;
        if (paused || key.name === 'escape' || (key.ctrl && key.name === 'c')) layer.key(key);
        else lastAt = now();
        if (paused) lastAt = -Infinity;
      },
      view(maxRows, frame) {
        lastAt ??= now();
        return layer.view(maxRows, frame);
      },
    };
  };
}

/** One line of text: settles with it, or undefined. */
export function askLayer(label: string, description?: string): Make<string | undefined> {
  return (settle) => {
    let line = createLineInput();
    return {
      key(key) {
        if (key.name === 'escape' || (key.ctrl && key.name === 'c')) settle(undefined);
        else if (key.name === 'enter') settle(line.text);
        else line = lineKey(line, key) ?? line;
      },
      view(maxRows, frame) {
        const { columns, theme } = frame;
        const title = theme.paint('bold', truncateRow(safeLine(label), columns));
        const what =
          description === undefined
            ? []
            : [theme.paint('dim', truncateRow(safeLine(description), columns))];
        const keys = theme.paint('dim', truncateRow('Enter answer · Esc cancel', columns));
        const { row, x } = lineRow(line, { columns, theme, label: '❯ ' });
        const head = [title, ...what].slice(0, Math.max(0, maxRows - 1));
        const rows = [...head, row, keys].slice(0, maxRows);
        return { rows, cursor: { x, y: head.length } };
      },
    };
  };
}
