import { createRedactStream } from '../../../core/redact.js';
import { createTerminalStream } from '../../../core/terminal-text.js';
import { truncateRow } from '../../columns.js';
import type { Frame, Rows } from '../types.js';
import { spinner } from './marks.js';
import type { Output } from './output.js';
import { proseRows } from './rows.js';
import type { LivePart } from './types.js';

const INDENT = '  ';
const LIVE_ROWS = 3;
/** Of a longer one the end is kept. */
const MAX_KEPT = 512 * 1024;

/** A finished thought that can be shown. */
export interface Thought {
  rows: (frame: Frame) => Rows;
}

/** What the model thinks, while it does. */
export interface Thinking extends LivePart {
  push: (text: string) => void;
  /** Prints it, or that there was one; undefined when it was empty. */
  end: (shown: boolean) => Thought | undefined;
}

export function createThinking(frame: () => Frame, output: Output): Thinking {
  const part = output.part();
  const hidden = createRedactStream();
  const safe = createTerminalStream();
  const started = frame().now;
  let text = '';
  const push = (piece: string) => {
    text += piece;
    if (text.length > 2 * MAX_KEPT) text = text.slice(-MAX_KEPT).toWellFormed();
  };
  return {
    push: (piece) => push(safe.push(hidden.push(piece))),
    live(maxRows, now) {
      const { theme, columns, screenReader } = now;
      if (maxRows <= 0) return [];
      const gap = part.gap && maxRows > 1 ? [''] : [];
      const title = screenReader
        ? 'Thinking.'
        : `${spinner(now)} thinking… ${wholeSeconds(now.now - started)}`;
      const room = Math.min(LIVE_ROWS, maxRows - gap.length - 1);
      const last = screenReader || room <= 0 ? [] : lastRows(text, columns - INDENT.length, room);
      return [
        ...gap,
        theme.paint('dim', truncateRow(title, columns)),
        ...last.map((row) => theme.paint('dim', INDENT + row)),
      ];
    },
    animated: true,
    end(shown) {
      push(safe.push(hidden.flush()) + safe.flush());
      if (text.trim() === '') return undefined;
      const thought = createThought(text, frame().now - started);
      part.add(shown ? thought.rows(frame()) : [foldedRow(frame(), frame().now - started)]);
      return thought;
    },
  };
}

/** A thought of which only the text is known. */
export function createThought(text: string, ms?: number): Thought {
  return {
    rows({ theme, columns }) {
      const title = theme.paint('dim', truncateRow(thoughtFor(ms), columns));
      const rows = proseRows(text.trim(), Math.max(1, columns - INDENT.length));
      return [title, ...rows.map((row) => theme.paint('dim', INDENT + row))];
    },
  };
}

/** The one line in the place of a thought. */
export function foldedRow({ theme, columns, screenReader }: Frame, ms?: number): string {
  const how = screenReader ? '(control T shows it)' : '(ctrl+t to show)';
  return theme.paint('dim', truncateRow(`${thoughtFor(ms)} ${how}`, columns));
}

function thoughtFor(ms: number | undefined): string {
  return ms === undefined ? 'thought' : `thought for ${wholeSeconds(ms)}`;
}

function wholeSeconds(ms: number): string {
  return `${Math.max(ms > 0 ? 1 : 0, Math.round(ms / 1000))} s`;
}

/** The last rows, wrapped from a point that stays where it is while the text grows. */
function lastRows(text: string, columns: number, maxRows: number): string[] {
  const width = Math.max(1, columns);
  const step = width * LIVE_ROWS * 4;
  const anchor = Math.max(0, (Math.floor(text.length / step) - 1) * step);
  const newline = text.indexOf('\n', anchor);
  const start =
    anchor === 0 || newline === -1 || text.length - newline < step ? anchor : newline + 1;
  const rows = proseRows(text.slice(start).toWellFormed().trimEnd(), width);
  return rows.filter((row) => row.trim() !== '').slice(-maxRows);
}
