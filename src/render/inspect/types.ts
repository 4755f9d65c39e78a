import type { ErrorInfo } from '../../core/errors.js';
import type { HeadersReport, Rung } from '../../core/rungs.js';
import type { Sink } from '../sink.js';

export interface InspectView {
  stdout: Sink;
  /** For the line of a step that lasts. */
  stderr: Sink;
  /** Colours on stdout. */
  color: boolean;
  /** Undefined: nothing is wrapped (a pipe). */
  columns: number | undefined;
  /** A step that lasts is told on stderr, and wiped away again. */
  live: boolean;
}

/** One climbed ladder. */
export interface Climbed {
  rungs: Rung[];
  headers: HeadersReport | undefined;
  error: ErrorInfo | null;
  ms: number;
}
