import type { AgentEvent } from '../../../core/events.js';
import type { Theme } from '../../theme.js';
import type { Frame, NoteLevel, Rows } from '../types.js';

/** Finished: drawn once, then the terminal's own. The image is a file the chat has saved. */
export type Committed =
  | { kind: 'rows'; rows: Rows }
  | { kind: 'image'; mimeType: string; path: string };

/** A text in Markdown that is still being written; sanitises by itself. */
export interface MarkdownStream {
  push: (text: string) => void;
  /** Rows of blocks that nothing to come can change, since the last call. */
  takeCommitted: () => Rows;
  /** The last rows of what may still change. */
  tail: (maxRows: number) => Rows;
  /** The rows that are left. */
  end: () => Rows;
}

/** The part of src/render/markdown/stream.ts that is loaded when there is something to show. */
export interface MarkdownTools {
  createMarkdownStream: (options: {
    columns: () => number;
    theme: Theme;
    hyperlinks: boolean;
  }) => MarkdownStream;
}

export interface TranscriptOptions {
  /** The moment; asked for at every event and every drawing. */
  frame: () => Frame;
  /** Undefined until it is loaded; the text is plain before that. */
  markdown: () => MarkdownTools | undefined;
  /** The terminal can show images: saved ones are handed over to be drawn. */
  sendImages: boolean;
}

/** What the person sees of a conversation: finished rows to be printed once, and what still changes. */
export interface Transcript {
  /** Events of a prompt, and those that happen outside of one. */
  push: (event: AgentEvent) => void;
  /** Finished rows from elsewhere, e.g. of a slash command. */
  print: (rows: Rows) => void;
  /** Finished rows that come bit by bit and belong together. */
  part: () => { add: (rows: Rows) => void };
  /** One line with the level's glyph; sanitises and redacts. */
  note: (level: NoteLevel, text: string) => void;
  /** What happened and what to do next; sanitises and redacts. */
  error: (error: unknown) => void;
  /** The person's message, when it is sent. */
  user: (text: string) => void;
  /** What was finished since the last call, in order. */
  takeCommitted: () => readonly Committed[];
  /** What still changes, the streaming end of an answer and running tools: at most `maxRows` rows. */
  live: (maxRows: number, frame: Frame) => Rows;
  /** Something of `live` changes by time alone, or something is held back for a moment. */
  readonly animated: boolean;
  setVerbose: (on: boolean) => void;
  /** Shows thinking in full from now on, and the last one that was folded; or folds it again. Returns what it is now. */
  toggleThinking: () => boolean;
  /** Prints the last turn's tool calls in full. */
  expand: () => void;
}

/** A part of the transcript that changes. */
export interface LivePart {
  live: (maxRows: number, frame: Frame) => Rows;
  /** Changes by time alone. */
  readonly animated: boolean;
}
