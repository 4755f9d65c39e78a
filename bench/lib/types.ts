/** What is measured, against what, and what counts as good enough. */

/**
 * What one run of a program gives. Milliseconds and MiB unless said otherwise.
 *
 * At its end: `turn`: tool call sent → next request received. `answer`: first byte of the answer
 * sent → exit. CPU and memory come from a run of their own, with a preload.
 *
 * In a terminal: `wall`: start → a typed text is visible. `key`, `keyTail`: key → screen, median and
 * 99th percentile. `share`: per cent of one core while an answer streams. `written`: bytes to the
 * terminal meanwhile, millions. `frames`: redraws a second. `wipes`: times the screen or the
 * scrollback was erased. `grown`: heap after garbage collection, beyond three times the text that
 * was said. `later`: the host's time of a late turn beyond that of an early one.
 */
export type Metric =
  | 'wall'
  | 'turn'
  | 'answer'
  | 'cpu'
  | 'rss'
  | 'key'
  | 'keyTail'
  | 'share'
  | 'written'
  | 'frames'
  | 'wipes'
  | 'grown'
  | 'later';

export type Sample = Readonly<Partial<Record<Metric, number>>>;

/** Under the clock: `raw` and `libs` are the floors, `ours` is ostler. */
interface Measured {
  /** Unique in its scenario. */
  id: string;
  role: 'raw' | 'libs' | 'ours';
  /** Id of the subject this one is divided by, or subtracted from, in the same round. */
  against?: string;
}

/** A program at a terminal: somebody plays with it and notes the figures. Throws when it behaves wrongly. */
export interface Seat extends Measured {
  play: () => Promise<Sample>;
}

/** A program that runs to its end. */
export interface Program extends Measured {
  /** Arguments for node. */
  argv: readonly string[];
  /** What is wrong with a run, in words; undefined when its output is right. */
  check: (run: Observed) => string | undefined | Promise<string | undefined>;
  /** Called before each run, e.g. to remove a file of the last one. */
  prepare?: () => void;
}

export type Subject = Program | Seat;

/** What a run left behind, for `check`. */
export interface Observed {
  stdout: string;
  notes: FakeNotes;
  /** `internal/deps/undici` was loaded; known only in the run with the preload. */
  undici?: boolean;
}

/** What the fakes saw during one run; times on the machine's monotonic clock, milliseconds. */
export interface FakeNotes {
  /** `startedAt`: its first byte came; `at`: its last. */
  chats: readonly { startedAt: number; at: number; tools: number; messages: number }[];
  toolCallAt: number;
  answerAt: number;
  /** The last byte of an answer was handed to the system. */
  answeredAt: number;
  /** Requests to the remote server that came without the right bearer token. */
  refused: number;
}

/**
 * `ratio`: ours ÷ raw at most `limit`. `most`: ours at most `limit`, or `orRatio` × raw.
 * `more`: ours minus the subject it stands against at most `limit`. `none`: told, not judged.
 */
export interface Goal {
  kind: 'ratio' | 'most' | 'more' | 'none';
  metric: Metric;
  limit: number;
  orRatio?: number;
}

export interface Scenario {
  id: string;
  title: string;
  subjects: readonly Subject[];
  goals: readonly Goal[];
  /** Ends what was started for it. */
  close?: () => Promise<void>;
  /** At most so many rounds, and none to warm up: for what takes long. */
  rounds?: number;
}

/** Samples of each subject in the order of the rounds. */
export type Samples = ReadonlyMap<string, readonly Sample[]>;

/** One line of the table. */
export interface Row {
  scenario: string;
  title: string;
  goal: string;
  /** Ours, as it is shown. */
  figure: string;
  /** The same of the unbundled libraries, where there is one. */
  libs: string;
  verdict: 'ok' | 'over' | '–';
  /** Figure ÷ limit; above 1 is over. */
  share: number;
  /** The same comparison three ways, for ratios: robust, usual, quietest. */
  ratios?: Ratios;
  /** Median of each subject, milliseconds or MiB; never quoted, they are this machine's. */
  medians?: Readonly<Record<string, number>>;
}

export interface Ratios {
  /** Median of the ratios of neighbouring pairs: the one that is judged. */
  pairs: number;
  medians: number;
  minima: number;
}
