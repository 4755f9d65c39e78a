import { setMaxListeners } from 'node:events';
import { MAX_TIMER_MS } from './clock.js';
import { abortError, OstlerError } from './errors.js';

/** A controller whose signal any number of waits may listen to; ten servers and their calls are no leak. */
export function createAbort(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}

/** Resolves after `ms` milliseconds; rejects at once when the signal fires. */
export function delay(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(abortError(signal));
    const onAbort = () => {
      clearTimeout(timer);
      reject(abortError(signal as AbortSignal));
    };
    const timer = setTimeout(
      () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      },
      Math.min(ms, MAX_TIMER_MS),
    );
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/**
 * The promise's value, or a rejection when the signal fires first. The work itself is not stopped:
 * give it the same signal for that.
 */
export async function withSignal<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    promise.catch(() => {});
    throw abortError(signal);
  }
  let onAbort: () => void = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(abortError(signal));
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    promise.catch(() => {});
  }
}

export interface Deadline {
  /** Fires when the parent does, or after the time. */
  signal: AbortSignal;
  /** Stops the clock; call it in `finally`. */
  clear: () => void;
}

/** A signal that fires with a `timeout` error after `ms` milliseconds, or with its parent. `Infinity` sets no clock. */
export function deadline(ms: number, what: string, parent?: AbortSignal): Deadline {
  const controller = createAbort();
  const onParent = () => controller.abort(parent?.reason);
  if (parent?.aborted) onParent();
  else parent?.addEventListener('abort', onParent, { once: true });
  const timer =
    ms <= MAX_TIMER_MS
      ? setTimeout(() => {
          const seconds = Math.round(ms / 100) / 10;
          controller.abort(new OstlerError('timeout', `${what} took longer than ${seconds} s.`));
        }, ms)
      : undefined;
  return {
    signal: controller.signal,
    clear() {
      clearTimeout(timer);
      parent?.removeEventListener('abort', onParent);
    },
  };
}
