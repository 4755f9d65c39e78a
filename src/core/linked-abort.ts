import { createAbort } from './wait.js';

export interface LinkedAbort {
  /** Fires with the parent, or with `abort`. */
  signal: AbortSignal;
  abort: (reason: Error) => void;
  /** Lets go of the parent; call it in `finally`. */
  release: () => void;
}

/** A signal below another one that can also be fired alone. */
export function linkAbort(parent: AbortSignal): LinkedAbort {
  const controller = createAbort();
  const onParent = () => controller.abort(parent.reason);
  if (parent.aborted) onParent();
  else parent.addEventListener('abort', onParent, { once: true });
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    release: () => parent.removeEventListener('abort', onParent),
  };
}
