import type { Root } from './asks.js';

/** The folders that servers may be told of (client/roots). */
export interface ChatRoots {
  list: () => readonly ChatRoot[];
  /** What the person said of each server that asked, in the order of asking. */
  consents: () => readonly { server: string; allowed: boolean }[];
  /** Resolves to what was added; servers with consent are told. Rejects with `usage` for what is no directory. */
  add: (directory: string) => Promise<ChatRoot>;
  /** By path or URI; false when it is none. */
  remove: (directory: string) => Promise<boolean>;
}

export interface ChatRoot extends Root {
  /** Real path. */
  path: string;
}
