import { createAbort } from '../../core/wait.js';

export interface QuestionSignal {
  signal: AbortSignal;
  /** Lets go of the others; call it in `finally`. */
  release: () => void;
}

/** Fires with any of the first, or when all of the second have fired (of none of them never). */
export function anyOrAll(any: readonly AbortSignal[], all: readonly AbortSignal[]): QuestionSignal {
  const controller = createAbort();
  const check = () => {
    const fired = any.find(({ aborted }) => aborted);
    const last = all.length > 0 && all.every(({ aborted }) => aborted) ? all[0] : undefined;
    const cause = fired ?? last;
    if (cause !== undefined) controller.abort(cause.reason);
  };
  const signals = [...any, ...all];
  for (const signal of signals) signal.addEventListener('abort', check);
  check();
  return {
    signal: controller.signal,
    release: () => signals.forEach((signal) => signal.removeEventListener('abort', check)),
  };
}
