import { createFeed } from './feed.js';

/** A stream that is read from the start, whoever listens; what came is kept for its one listener. */
export interface EagerStream<T> extends AsyncIterable<T> {
  /** Everything, when it has ended. Rejects when the stream does. */
  all: Promise<readonly T[]>;
}

export function eager<T>(events: AsyncIterable<T>): EagerStream<T> {
  const feed = createFeed<T>();
  const drain = async () => {
    const seen: T[] = [];
    try {
      for await (const event of events) {
        seen.push(event);
        feed.push(event);
      }
    } finally {
      feed.end();
    }
    return seen;
  };
  const all = drain();
  all.catch(() => {});
  return {
    all,
    async *[Symbol.asyncIterator]() {
      yield* feed.items();
      // A bug in the stream is the listener's to hear.
      await all;
    },
  };
}
