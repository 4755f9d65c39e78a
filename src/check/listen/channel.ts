/** Events between those who hear them and the one who reads them; bounded by `room`. */
export interface Channel<T> {
  push: (item: T) => void;
  /** Resolves when the reader has kept up; whoever reads more from the net waits for it. */
  room: () => Promise<void>;
  /** No more comes; with an error the reader gets it behind what is left. */
  end: (error?: Error) => void;
  read: () => AsyncGenerator<T, void>;
}

const HIGH = 256;

export function createChannel<T>(): Channel<T> {
  let items: T[] = [];
  let ended = false;
  let failure: Error | undefined;
  let wakeReader = () => {};
  let waiting: (() => void)[] = [];

  const letGo = () => {
    for (const resume of waiting) resume();
    waiting = [];
  };
  return {
    push(item) {
      if (ended) return;
      items.push(item);
      wakeReader();
    },
    room() {
      if (ended || items.length < HIGH) return Promise.resolve();
      return new Promise((resolve) => {
        waiting.push(resolve);
      });
    },
    end(error) {
      if (ended) return;
      ended = true;
      failure = error;
      wakeReader();
      letGo();
    },
    async *read() {
      for (;;) {
        const batch = items;
        items = [];
        letGo();
        yield* batch;
        if (items.length > 0) continue;
        if (ended) break;
        await new Promise<void>((resolve) => {
          wakeReader = resolve;
        });
      }
      if (failure !== undefined) throw failure;
    },
  };
}
