/** Turns callbacks of parallel work into one async stream, in the order they came. */
export interface Queue<T> {
  push: (item: T) => void;
  /** No more items; a reader ends after the last one. */
  end: () => void;
  /** One reader's view; a second reader would starve. */
  items: () => AsyncGenerator<T, void>;
  /** Items that nobody has taken yet. */
  readonly size: number;
}

export function createQueue<T>(): Queue<T> {
  let waiting: T[] = [];
  let ended = false;
  let wake: (() => void) | undefined;
  return {
    push(item) {
      waiting.push(item);
      wake?.();
    },
    end() {
      ended = true;
      wake?.();
    },
    async *items() {
      for (;;) {
        const batch = waiting;
        waiting = [];
        yield* batch;
        if (waiting.length > 0) continue;
        if (ended) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    get size() {
      return waiting.length;
    },
  };
}
