import { redact } from '../../core/redact.js';
import { toTerminal } from '../../core/terminal-text.js';
import { cutRows, proseRows } from './transcript/rows.js';
import type { Frame, Rows } from './types.js';

/** Columns that indentation leaves to the text. */
const MIN_TEXT = 12;

export interface GutterOptions {
  /** Columns before the text. */
  indent?: number;
  /** A line of a longer text. */
  quoted?: boolean;
  /** What a screen reader says in the place of the mark. */
  word?: string;
}

/**
 * One safe line as rows behind a mark that only we draw, so that nothing foreign can look like a
 * line of ours; complete, however long.
 */
export function guttered(line: string, frame: Frame, options: GutterOptions = {}): Rows {
  const { indent = 0, quoted = false, word = 'argument' } = options;
  const { theme, columns, screenReader } = frame;
  const gutter = screenReader ? `${word}: ` : '│ ';
  const mark = quoted ? (screenReader ? 'text: ' : '┆ ') : '';
  const room = columns - gutter.length - mark.length - MIN_TEXT;
  const start = gutter + ' '.repeat(Math.max(0, Math.min(indent, room))) + mark;
  return cutRows(line, columns - start.length).map((row) => theme.paint('dim', start) + row);
}

/** Longer lines are no prose, and breaking them at spaces takes long. */
const MAX_PROSE = 20_000;

/** A foreign text of any length behind the mark: all of it but registered secrets. */
export function gutteredText(text: string, frame: Frame, options: GutterOptions = {}): Rows {
  const safe = toTerminal(redact(text)).trimEnd().replaceAll('\t', '    ');
  if (safe === '') return [];
  return safe
    .split('\n')
    .flatMap((line) =>
      line.length > MAX_PROSE ? [line] : proseRows(line, textColumns(frame, options)),
    )
    .flatMap((line) => guttered(line, frame, options));
}

/** Columns of the text behind the mark and the indentation. */
function textColumns({ columns, screenReader }: Frame, options: GutterOptions): number {
  const { indent = 0, word = 'argument' } = options;
  return Math.max(1, columns - (screenReader ? word.length + 2 : 2) - indent);
}
