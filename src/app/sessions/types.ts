import type { SessionSummary } from '../../core/chat.js';
import type { ChatMessage } from '../../core/messages.js';

/** The file of one session: JSON Lines under the data directory, mode 0600, only ever appended to (docs/sessions.md). */
export interface SessionFile {
  readonly id: string;
  readonly name: string | undefined;
  /** Everything is queued and written in order, redacted; nothing is written before the first message that is not the system's. */
  append: (message: ChatMessage) => void;
  /** The conversation is these messages now (`/undo`, `/compact`, another system prompt). */
  replace: (messages: readonly ChatMessage[]) => void;
  model: (name: string) => void;
  /** Control characters and spaces around it are taken away. Throws `usage` when nothing is left. */
  rename: (name: string) => void;
  /** Resolves when everything is on the disk; rejects with the failure when it is not. What could not be written is tried again later. */
  flush: () => Promise<void>;
  /** `flush`, and other processes may open the session. Rejects as `flush` does; it is closed all the same. */
  close: () => Promise<void>;
}

export interface StoredSession {
  summary: SessionSummary;
  /** ISO 8601. */
  created: string;
  /** Absolute path of its file. */
  path: string;
  messages: ChatMessage[];
}

export interface LoadedSession extends StoredSession {
  /** Goes on with the same file. This process alone may write to it until it is closed. */
  file: SessionFile;
}

/** What is known of a session before its first message. */
export interface NewSession {
  id: string;
  model: string;
}

/**
 * The sessions of one user. Methods that take an id accept an id, its unambiguous beginning, a
 * name (those of this directory first), or the path of a file; they throw `usage` when there is
 * none, or several, or when the file cannot be used. A torn last line is left out.
 */
export interface SessionStore {
  create: (head: NewSession) => SessionFile;
  /** Of all directories, newest first; a file that cannot be read is left out. */
  list: () => Promise<readonly SessionSummary[]>;
  /** The newest one of this directory. */
  latest: () => Promise<SessionSummary | undefined>;
  /** To look at; others may write to it meanwhile. */
  read: (id: string) => Promise<StoredSession>;
  /** To go on with. Throws `usage` when another process has it open. */
  open: (id: string) => Promise<LoadedSession>;
  /** The session in the file at this path, or a new one that will be written there. */
  openFile: (path: string, head: NewSession) => Promise<LoadedSession>;
  /** Throws `usage` when another process has it open. */
  remove: (id: string) => Promise<void>;
}
