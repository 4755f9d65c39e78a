import type { ServerDefinition } from '../config/types.js';
import type { ServerLogLine } from '../core/chat.js';
import type { ServerStatus } from '../core/events.js';
import type { EraCache } from './era-cache.js';
import type { HostPorts } from './ports.js';
import type { Connection } from './types.js';

/** What happens to the servers of a pool while it lives. */
export type PoolEvent =
  | { type: 'status'; status: ServerStatus }
  | {
      type: 'tools';
      server: string;
      added: readonly string[];
      removed: readonly string[];
      changed: readonly string[];
    }
  | { type: 'prompts' | 'resources'; server: string }
  /** A resource that was subscribed to has changed. */
  | { type: 'resource-updated'; server: string; uri: string }
  /** A log message of the server, or with level `stderr` a line of the child's stderr. */
  | { type: 'log'; server: string; level: string; text: string }
  | { type: 'warning'; server: string; message: string };

export interface PoolOptions {
  /** The environment of which child processes inherit six harmless variables. */
  env: NodeJS.ProcessEnv;
  /** What the servers may ask of us. */
  ports?: HostPorts | undefined;
  /** Eras of servers that were connected before; left out, every server is asked. */
  eras?: EraCache | undefined;
  onEvent: (event: PoolEvent) => void;
  /** The pauses between attempts; by the clock unless given. */
  wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/**
 * The servers of a long session: each one comes, goes and comes back by itself. A connection that
 * is lost is made again with growing pauses (a child that dies at once is given up after a few
 * starts); a call that may have acted is never repeated.
 */
export interface ServerPool {
  /** Live, in the order of `add`. */
  statuses: () => readonly ServerStatus[];
  definitions: () => readonly ServerDefinition[];
  /** The connection of a server that is connected now. */
  connection: (id: string) => Connection | undefined;
  /** Connected servers. */
  connections: () => readonly Connection[];
  /** Dials it unless it is disabled, and resolves when it is known what became of it. Never rejects; one of the same id is replaced. */
  add: (definition: ServerDefinition, signal: AbortSignal) => Promise<ServerStatus>;
  /** Dials it again, from whatever state it is in, as the definition given or the one known. */
  reload: (id: string, signal: AbortSignal, definition?: ServerDefinition) => Promise<ServerStatus>;
  /** Ends the connection and leaves it ended; the status becomes `closed`. */
  disconnect: (id: string) => Promise<void>;
  /** Records the time of an answered request. */
  latency: (id: string, ms: number) => void;
  /** The last 200 lines of its log and stderr. */
  logs: (id: string) => readonly ServerLogLine[];
  /** Ends all within 150 ms. Never throws. */
  close: () => Promise<void>;
}
