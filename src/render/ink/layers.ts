import { abortError } from '../../core/errors.js';
import type { CursorPosition, Frame, Key, Rows } from './types.js';

/** Rows with the place of the cursor, where there is one. */
export interface Pane {
  rows: Rows;
  cursor?: CursorPosition | undefined;
}

/** Something that takes the keyboard from the input until it is answered: a question, a list, a search. */
export interface Layer {
  key: (key: Key) => void;
  view: (maxRows: number, frame: Frame) => Pane;
}

/** Layers on each other; the oldest one is asked first, so that nobody answers a question they did not see. */
export interface Layers {
  readonly top: Layer | undefined;
  readonly waiting: number;
  /** Shows a layer until it settles; rejects when the signal fires first. */
  show: <T>(make: (settle: (value: T) => void) => Layer, signal: AbortSignal) => Promise<T>;
}

export function createLayers(changed: () => void): Layers {
  const layers: Layer[] = [];
  return {
    get top() {
      return layers[0];
    },
    get waiting() {
      return layers.length;
    },
    show(make, signal) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) return reject(abortError(signal));
        const remove = () => {
          layers.splice(layers.indexOf(layer), 1);
          signal.removeEventListener('abort', onAbort);
          changed();
        };
        const onAbort = () => {
          remove();
          reject(abortError(signal));
        };
        const layer = make((value) => {
          remove();
          resolve(value);
        });
        signal.addEventListener('abort', onAbort, { once: true });
        layers.push(layer);
        changed();
      });
    },
  };
}
