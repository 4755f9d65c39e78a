/** What is measured, against what, and what counts as good enough. */

/**
 * One run of a program. Milliseconds and MiB.
 * `turn`: tool call sent → next request received. `answer`: first byte of the answer sent → exit. CPU and memory come from a run of their own, with a preload.
 */
export interface Sample {
  wall: number;
  turn: number;
  answer: number;
  cpu: number;
  rss: number;
}

export type Metric = keyof Sample;

/** A program under the clock: `raw` and `libs` are the floors, `ours` is ostler. */
export interface Subject {
  /** Unique in its scenario. */
  id: string;
  role: 'raw' | 'libs' | 'ours';
  /** Id of the subject this one is divided by, or subtracted from, in the same round. */
  against?: string;
  /** Arguments for node. */
  argv: readonly string[];
  /** What is wrong with a run, in words; undefined when its output is right. */
  check: (run: Observed) => string | undefined | Promise<string | undefined>;
  /** Called before each run, e.g. to remove a file of the last one. */
  prepare?: () => void;
}

/** What a run left behind, for `check`. */
export interface Observed {
  stdout: string;
  notes: FakeNotes;
  /** `internal/deps/undici` was loaded; known only in the run with the preload. */
  undici?: boolean;
}

/** What the fakes saw during one run; times on the machine's monotonic clock, milliseconds. */
export interface FakeNotes {
  chats: readonly { at: number; tools: number }[];
  toolCallAt: number;
  answerAt: number;
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
