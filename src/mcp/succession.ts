import { createDeferred } from '../core/deferred.js';
import { abortError, OstlerError } from '../core/errors.js';
import { withSignal } from '../core/wait.js';
import { assertSameTool, createDrain, mayResend } from './resend.js';
import type { Connection } from './types.js';
import { facade } from './watched.js';

/** The connections of one server, one after the other. */
export interface Succession {
  /** This one stands now; as others get to see it. */
  adopt: (made: Connection) => Connection;
  /** None stands now. Resolves when the last one is closed; while `patience` has not fired, only when its answers are in. */
  leave: (patience?: AbortSignal) => Promise<void>;
  /** There will be none for now. */
  end: (why: Error) => void;
}

export interface SuccessionOptions {
  /**
   * Hears of every failed request of a connection; returns the error to throw. `again`: its session
   * is dead, and another connection is being made.
   */
  onFailure: (made: Connection, failure: OstlerError) => { error: OstlerError; again: boolean };
}

/** Sends what a dead session has refused once more, on the next connection. */
export function createSuccession({ onFailure }: SuccessionOptions): Succession {
  let current: Connection | undefined;
  let drain = createDrain();
  let coming = createDeferred<Connection>();

  const next = async (signal: AbortSignal): Promise<Connection | undefined> => {
    if (current !== undefined) return current;
    try {
      return await withSignal(coming.promise, signal);
    } catch {
      if (signal.aborted) throw abortError(signal);
      return undefined;
    }
  };

  return {
    adopt(made) {
      current = made;
      const { run } = (drain = createDrain());
      coming.resolve(made);
      coming = createDeferred();
      return facade(made, async (use, request) => {
        try {
          return await run(() => use(made));
        } catch (failure) {
          if (!(failure instanceof OstlerError)) throw failure;
          const { error, again } = onFailure(made, failure);
          const other =
            again && mayResend(failure, request) ? await next(request.signal) : undefined;
          if (other === undefined || other === made) throw error;
          if (request.tool !== undefined) assertSameTool(made, other, request.tool);
          return use(other);
        }
      });
    },
    async leave(patience) {
      const [left, { empty }] = [current, drain];
      current = undefined;
      if (patience !== undefined) await empty(patience);
      await left?.close();
    },
    end(why) {
      coming.reject(why);
      coming = createDeferred();
    },
  };
}
