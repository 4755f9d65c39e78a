import { OstlerError } from '../core/errors.js';
import { createAbort } from '../core/wait.js';

/** The life of one command: ends by itself, by Ctrl+C, by `kill`, or when its terminal goes. */
export interface Lifetime {
  signal: AbortSignal;
  /** Ends it from inside, e.g. because the reader of stdout is gone. */
  end: (reason: OstlerError) => void;
  /** Gives the signals back to Node. */
  release: () => void;
}

const REASONS = {
  SIGINT: () => new OstlerError('interrupted', 'Interrupted.'),
  SIGTERM: () => new OstlerError('terminated', 'Terminated.'),
  SIGHUP: () => new OstlerError('terminated', 'The terminal was closed.'),
} as const;

/** The first signal asks the command to end in order; a second one ends the process at once. */
export function createLifetime(): Lifetime {
  const controller = createAbort();
  const handlers = Object.entries(REASONS).map(([name, reason]) => {
    const handler = () => {
      const error = reason();
      if (controller.signal.aborted) process.exit(error.exitCode);
      controller.abort(error);
    };
    process.on(name, handler);
    return () => process.off(name, handler);
  });
  return {
    signal: controller.signal,
    end: (reason) => controller.abort(reason),
    release: () => handlers.forEach((off) => off()),
  };
}
