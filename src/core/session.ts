import type { AgentEvent, ServerStatus } from './events.js';
import type { ImageData } from './messages.js';

/** A running conversation: events come out of `send`, everything else goes in by methods. */
export interface Session {
  readonly id: string;
  readonly servers: readonly ServerStatus[];
  /**
   * One prompt and all the turns it takes. The first `send` begins with `init`; every one ends
   * with `result`, whatever happened. It never throws.
   */
  send: (text: string, images?: readonly ImageData[]) => AsyncGenerator<AgentEvent, void>;
  /** Ends the prompt that runs now; its stream still ends with `result`. */
  abort: (reason: Error) => void;
  /** Ends servers and connections. Never throws. */
  close: () => Promise<void>;
}
