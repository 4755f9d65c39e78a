import { createTerminalStream } from '../../core/terminal-text.js';
import { truncateRow } from '../columns.js';
import { addPiece, endBlocks } from './blocks.js';
import { createPieceReader } from './pieces.js';
import { copyState, createState } from './state.js';
import type { Drawing, MarkdownOptions, MarkdownStream } from './types.js';

export type { MarkdownOptions, MarkdownStream } from './types.js';

/** A line's first marks may still become something else: nothing is shown of them. */
const UNDECIDED = /^[\s>]*(?:[-+*_=`~#|:.)]{1,3}|\d{1,3}[.)]?)?\s*$/;

export function createMarkdownStream(options: MarkdownOptions): MarkdownStream {
  const safe = createTerminalStream();
  let state = createState();
  let reader = createPieceReader();
  let pushed = '';
  let lastTail: { columns: number; rows: string[] } | undefined;

  const drawing = (live: boolean): Drawing => ({
    columns: Math.max(1, Math.floor(options.columns())),
    theme: options.theme,
    hyperlinks: options.hyperlinks,
    live,
  });
  const read = (text: string) => {
    if (text === '') return;
    lastTail = undefined;
    const now = drawing(false);
    for (const piece of reader.push(text)) addPiece(state, piece, now);
  };
  const readPushed = () => {
    const text = pushed;
    pushed = '';
    if (text !== '') read(safe.push(text));
  };
  const takeRows = () => {
    const rows = state.rows;
    state.rows = [];
    return rows;
  };
  /** All rows of what is open, as if the text ended here. */
  const openRows = (): string[] => {
    const now = drawing(true);
    if (lastTail?.columns === now.columns) return lastTail.rows;
    const copy = copyState(state);
    const rest = reader.rest();
    if (rest.text !== '' && !(rest.begins && UNDECIDED.test(rest.text))) addPiece(copy, rest, now);
    endBlocks(copy, now);
    lastTail = { columns: now.columns, rows: copy.rows };
    return copy.rows;
  };

  return {
    push(text) {
      pushed += text;
    },
    takeCommitted() {
      readPushed();
      return takeRows();
    },
    tail(maxRows) {
      readPushed();
      const rows = openRows();
      if (rows.length <= maxRows) return [...rows];
      if (maxRows <= 0) return [];
      const { columns, theme } = drawing(true);
      const hidden = rows.length - maxRows + 1;
      const note = truncateRow(`… +${hidden} lines above`, columns);
      return [theme.paint('dim', note), ...rows.slice(hidden)];
    },
    end() {
      readPushed();
      read(safe.flush());
      const now = drawing(false);
      const rest = reader.rest();
      if (rest.text !== '') addPiece(state, rest, now);
      endBlocks(state, now);
      const rows = takeRows();
      reader = createPieceReader();
      state = createState();
      lastTail = undefined;
      return rows;
    },
  };
}

/** The rows of a whole text. */
export function renderMarkdown(text: string, options: MarkdownOptions): string[] {
  const stream = createMarkdownStream(options);
  stream.push(text);
  return stream.end();
}
