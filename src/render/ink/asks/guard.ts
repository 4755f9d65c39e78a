import type { Layer } from '../layers.js';

export type Make<T> = (settle: (value: T) => void) => Layer;

/** Keys of somebody who was typing when the question came are no answers to it. */
const GUARD_MS = 300;

/**
 * A question that comes by itself takes no key in its first moment on the screen, and none that
 * follows such a key without a pause. `now`: milliseconds of a monotonic clock.
 */
export function guarded<T>(make: Make<T>, now: () => number): Make<T> {
  return (settle) => {
    const layer = make(settle);
    /** When it was drawn first, or the last key that was typed for something else. */
    let quietSince: number | undefined;
    let open = false;
    return {
      key(key) {
        if (quietSince === undefined) return;
        open ||= now() - quietSince >= GUARD_MS;
        if (open) layer.key(key);
        else quietSince = now();
      },
      view(maxRows, frame) {
        quietSince ??= now();
        return layer.view(maxRows, frame);
      },
    };
  };
}
