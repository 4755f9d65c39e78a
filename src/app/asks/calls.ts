import { OstlerError } from '../../core/errors.js';
import { linkAbort, type LinkedAbort } from '../../core/linked-abort.js';

/** The calls of every server that run now: what a server asks is asked on behalf of one of them. */
export interface Calls {
  track: <T>(server: string, id: string, call: () => Promise<T>) => Promise<T>;
  /** The only call of a server, or undefined. */
  only: (server: string) => string | undefined;
  /** A question of a server; it is called off when the calls that ran when it came are over. */
  during: <T>(
    server: string,
    signal: AbortSignal,
    ask: (signal: AbortSignal) => Promise<T>,
  ) => Promise<T>;
  /** A server is gone, and its questions with it. */
  gone: (server: string) => void;
}

interface Question {
  server: string;
  /** Those that ran when it came and run still. */
  calls: Set<string>;
  /** It came while nothing ran, so that no call's end says anything about it. */
  free: boolean;
  abort: LinkedAbort;
}

export function createCalls(): Calls {
  const running = new Map<string, Set<string>>();
  const questions = new Set<Question>();
  const of = (server: string) => running.get(server) ?? new Set<string>();

  function ended(server: string, id: string): void {
    of(server).delete(id);
    for (const { calls, free, abort, ...question } of questions) {
      if (question.server !== server || free) continue;
      calls.delete(id);
      if (calls.size === 0) abort.abort(over(server, 'The call that asked is over.'));
    }
  }

  return {
    async track(server, id, call) {
      running.set(server, of(server).add(id));
      try {
        return await call();
      } finally {
        ended(server, id);
      }
    },
    only(server) {
      const [first, ...others] = of(server);
      return others.length === 0 ? first : undefined;
    },
    async during(server, signal, ask) {
      const abort = linkAbort(signal);
      const calls = new Set(of(server));
      const question = { server, calls, free: calls.size === 0, abort };
      questions.add(question);
      try {
        return await ask(abort.signal);
      } finally {
        questions.delete(question);
        abort.release();
      }
    },
    gone(server) {
      for (const question of questions) {
        if (question.server !== server) continue;
        question.abort.abort(over(server, `${server} is gone, and what it asked with it.`));
      }
    },
  };
}

function over(server: string, why: string): OstlerError {
  return new OstlerError('interrupted', why, { server });
}
