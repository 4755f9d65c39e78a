/** What is pushed, in order, for one reader; ends when it is told to, after what was pushed before. */
export interface Feed<T> {
  push: (item: T) => void;
  end: () => void;
  items: () => AsyncGenerator<T, void>;
}

export function createFeed<T>(): Feed<T> {
  const queue: T[] = [];
  const state = { ended: false };
  let wake = () => {};
  return {
    push(item) {
      queue.push(item);
      wake();
    },
    end() {
      state.ended = true;
      wake();
    },
    async *items() {
      for (;;) {
        const [item] = queue.splice(0, 1);
        if (item !== undefined) yield item;
        else if (state.ended) return;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    },
  };
}
