import { redact } from '../../core/redact.js';
import { toTerminalLine } from '../../core/terminal-text.js';
import { truncateRow } from '../columns.js';
import { spinner } from './transcript/marks.js';
import type { Frame, Rows, Screen } from './types.js';

/** Lines that say what a command is doing, until it is done. */
export interface BusyLines {
  readonly count: number;
  start: Screen['busy'];
  rows: (frame: Frame) => Rows;
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
    rows(frame) {
      const { theme, columns, screenReader } = frame;
      return Array.from(lines, ({ text }) => {
        const mark = screenReader ? 'Busy: ' : `${theme.paint('accent', spinner(frame))} `;
        return `${mark}${truncateRow(text, columns - (screenReader ? 6 : 2))}`;
      });
    },
  };
}

function toSafe(text: string): string {
  return toTerminalLine(redact(text));
}
