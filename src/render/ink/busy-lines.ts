import { redact } from '../../core/redact.js';
import { toTerminalLine } from '../../core/terminal-text.js';
import { truncateRow } from '../columns.js';
import type { Frame, Rows, Screen } from './types.js';

/** Lines that say what a command is doing, until it is done. */
export interface BusyLines {
  readonly count: number;
  start: Screen['busy'];
  rows: (frame: Frame) => Rows;
}

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const SPIN_MS = 100;

/** The spinner of the moment; all of the screen's turn together. */
export function spinnerAt(now: number): string {
  return SPINNER[Math.floor(now / SPIN_MS) % SPINNER.length] ?? '';
}

export function createBusyLines(changed: () => void): BusyLines {
  const lines = new Set<{ text: string }>();
  return {
    get count() {
      return lines.size;
    },
    start(text) {
      const line = { text: toSafe(text) };
      lines.add(line);
      changed();
      return {
        update(next) {
          line.text = toSafe(next);
          changed();
        },
        end() {
          lines.delete(line);
          changed();
        },
      };
    },
    rows: ({ theme, columns, screenReader, now }) =>
      Array.from(lines, ({ text }) => {
        const mark = screenReader ? 'Busy: ' : `${theme.paint('accent', spinnerAt(now))} `;
        return `${mark}${truncateRow(text, columns - (screenReader ? 6 : 2))}`;
      }),
  };
}

function toSafe(text: string): string {
  return toTerminalLine(redact(text));
}
