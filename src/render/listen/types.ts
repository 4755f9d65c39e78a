import type { ListenEvent } from '../../core/listen-events.js';

/** Where the text of an event goes: what was heard to stdout, how it goes to stderr. */
export interface ListenText {
  out?: string;
  status?: string;
}

/** One event in words; each text ends with a newline, but for raw bytes. */
export type DescribeListen = (event: ListenEvent) => ListenText;
