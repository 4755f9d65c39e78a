import type { SessionSummary } from '../../core/chat.js';
import type { ChatMessage } from '../../core/messages.js';

/** The file of one session: JSON Lines under the data directory, mode 0600, only ever appended to. */
export interface SessionFile {
  readonly id: string;
  readonly name: string | undefined;
  /** Everything is queued and written in order, redacted; nothing is written before the first message. */
  append: (message: ChatMessage) => void;
  /** The conversation is these messages now (`/undo`, `/compact`, another system prompt). */
  replace: (messages: readonly ChatMessage[]) => void;
  model: (name: string) => void;
  rename: (name: string) => void;
  /** Resolves when everything is on the disk; rejects with the first failure. */
  flush: () => Promise<void>;
}

export interface LoadedSession {
  summary: SessionSummary;
  messages: ChatMessage[];
  /** Goes on with the same file. */
  file: SessionFile;
}

export interface SessionStore {
  create: (head: { id: string; model: string }) => SessionFile;
  /** Newest first; a file that cannot be read is left out. */
  list: () => Promise<readonly SessionSummary[]>;
  /** By id, unambiguous beginning of an id, name, or path of a file. A torn last line is left out. Throws `usage` when there is none, or several. */
  open: (id: string) => Promise<LoadedSession>;
  remove: (id: string) => Promise<void>;
}
