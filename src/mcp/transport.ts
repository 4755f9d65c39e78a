import type { Transport } from '@modelcontextprotocol/client';
import type { OstlerError } from '../core/errors.js';

/** The SDK's transport, and why it ended if it did not end by our own will. */
export interface OwnTransport extends Transport {
  failure: () => OstlerError | undefined;
  /** Of `now()`: the last byte from a server far away. Of a child process its end is known. */
  heardAt?: () => number;
  /** Set on child processes only: the SDK looks for `pid` and `stderr` to know them. */
  pid?: number | null;
  stderr?: null;
}
