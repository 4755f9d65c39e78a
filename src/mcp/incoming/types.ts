/** A call of ours that a server is working on, and in the middle of which it may ask. */
export interface RunningCall {
  /** Fires when the call is over, whatever came of it. */
  readonly ended: AbortSignal;
  /** Stops its clock while somebody thinks; returns the way to go on. */
  hold: () => () => void;
  /** Asked so far. */
  questions: number;
}

/** A question as it comes, unchecked. */
export interface Question {
  method: string;
  params: Record<string, unknown>;
  /** The running calls of which one asks; empty when none is running. */
  calls: readonly RunningCall[];
  /** Fires when the server does not want to know any more. */
  signal: AbortSignal;
}
