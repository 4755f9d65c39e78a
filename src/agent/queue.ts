/** Turns callbacks of parallel work into one async stream, in the order they came. */
export interface Queue<T> {
  push: (item: T) => void;
  /** No more items; a reader ends after the last one. */
  end: () => void;
  items: () => AsyncGenerator<T, void>;
}

export function createQueue<T>(): Queue<T> {
  const waiting: T[] = [];
  let ended = false;
  let wake: () => void = () => {};
  return {
    push(item) {
      waiting.push(item);
      wake();
    },
    end() {
      ended = true;
      wake();
    },
    async *items() {
      for (;;) {
        while (waiting.length > 0) yield waiting.shift() as T;
        if (ended) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
