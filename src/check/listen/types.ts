import type { ListenBody } from '../../core/listen-events.js';

export interface ListenOptions {
  signal: AbortSignal;
  /** Of which a child process inherits six harmless variables. */
  env: NodeJS.ProcessEnv;
  /** False: only the stream is opened, and nothing is sent into it. */
  handshake: boolean;
  /** The bytes as they come, instead of what they mean. */
  raw: boolean;
  /** Resources whose updates are wanted. */
  subscribe: readonly string[];
  /** The least level of log messages that is wanted. */
  logLevel?: string | undefined;
}

/** What a transport gets: what it is to do, and where what it hears goes. */
export interface Ear extends ListenOptions {
  emit: (event: ListenBody) => void;
  /** Nothing more is read until it resolves. */
  room: () => Promise<void>;
}
