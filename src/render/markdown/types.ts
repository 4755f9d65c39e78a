import type { Role, Theme } from '../theme.js';

export interface MarkdownOptions {
  /** The width of the rows that are made now; may change between two calls. */
  columns: () => number;
  theme: Theme;
  /** The terminal understands OSC 8. */
  hyperlinks: boolean;
}

/**
 * Markdown (CommonMark and GFM tables, task lists, strikethrough) as it comes, in rows: each at most
 * `columns()` wide, safe for a terminal, every style ended in its row. However the text is cut, the
 * committed rows and those of `end` are the rows of the whole text.
 */
export interface MarkdownStream {
  /** A raw piece of the text. Only keeps it. */
  push: (text: string) => void;
  /** Rows that are finished since the last call; they never change. */
  takeCommitted: () => string[];
  /** What is not finished yet, its last `maxRows` rows; the first of them tells how many are left out. */
  tail: (maxRows: number) => string[];
  /** Everything that is left, as finished rows; what is pushed later is another text. */
  end: () => string[];
}

/** A stretch of text in one style: safe for a terminal, without tabs. `\n` as the whole text ends a row. */
export interface Span {
  readonly text: string;
  readonly roles: readonly Role[];
  /** An absolute URL of printable ASCII. */
  readonly href?: string;
}

/** What drawing needs to know. `live`: the end of the text is not here yet. */
export interface Drawing {
  readonly columns: number;
  readonly theme: Theme;
  readonly hyperlinks: boolean;
  readonly live: boolean;
}
