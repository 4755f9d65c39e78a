import type { ChatStats } from '../../core/chat.js';
import { OstlerError } from '../../core/errors.js';

/** What works on the conversation now, one at a time, and what was done so far. */
export interface Work {
  readonly stats: ChatStats;
  /** Generated tokens a second of the last answer; 0 when unknown. */
  evalRate: number;
  readonly running: Running | undefined;
  /** Takes the conversation; returns the way to give it back. Throws `usage` when it is taken. */
  begin: (abort: (reason: Error) => void) => () => void;
  checkIdle: () => void;
  /** Begins to count anew. */
  reset: () => void;
}

export interface Running {
  abort: (reason: Error) => void;
  ended: Promise<void>;
}

/** `onEnd` is called whenever something ended. */
export function createWork(onEnd: () => void): Work {
  let running: Running | undefined;
  let stats = noStats();
  const checkIdle = () => {
    if (running === undefined) return;
    throw new OstlerError('usage', 'The model is still at work.', {
      hint: 'Wait for it, or interrupt it with Esc.',
    });
  };
  return {
    get stats() {
      return stats;
    },
    evalRate: 0,
    get running() {
      return running;
    },
    begin(abort) {
      checkIdle();
      let end = () => {};
      const ended = new Promise<void>((resolve) => {
        end = resolve;
      });
      running = { abort, ended };
      return () => {
        running = undefined;
        end();
        onEnd();
      };
    },
    checkIdle,
    reset() {
      stats = noStats();
    },
  };
}

function noStats(): ChatStats {
  return { prompts: 0, turns: 0, toolCalls: 0, inputTokens: 0, outputTokens: 0, busyMs: 0 };
}
