import type { Writable } from 'node:stream';

/** An output stream that may be a terminal. */
export type Output = Writable & { isTTY?: boolean; columns?: number };

/** Writes in order, waits when the reader is slow, and goes quiet when the reader is gone (`| head`). */
export interface Sink {
  readonly isTerminal: boolean;
  /** Resolves at once while the pipe takes it, else when it has room again. */
  write: (text: string) => Promise<void>;
  /** Resolves when the last byte has left. */
  flush: () => Promise<void>;
  /** The reader is gone; what is written now is dropped. */
  readonly closed: boolean;
}

export interface SinkOptions {
  /** Called once when the reader is gone. */
  onClose?: () => void;
}

/** Errors of a pipe whose reader ended; a closed descriptor counts as well. */
const READER_GONE = new Set(['EPIPE', 'ECONNRESET', 'EBADF', 'ERR_STREAM_DESTROYED', 'EIO']);

export function createSink(stream: Output, { onClose }: SinkOptions = {}): Sink {
  let closed = false;
  let failure: Error | undefined;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (closed) return;
    closed = true;
    if (!READER_GONE.has(error.code ?? '')) failure = error;
    onClose?.();
  });
  const settle = (resolve: () => void, reject: (error: Error) => void) => {
    if (failure === undefined) resolve();
    else reject(failure);
  };
  return {
    isTerminal: stream.isTTY === true,
    get closed() {
      return closed;
    },
    write(text) {
      if (closed || text === '') return Promise.resolve();
      if (stream.write(text)) return Promise.resolve();
      return new Promise((resolve, reject) => {
        const done = () => {
          stream.off('drain', done);
          stream.off('error', done);
          settle(resolve, reject);
        };
        stream.on('drain', done);
        stream.on('error', done);
      });
    },
    flush() {
      if (closed) return failure === undefined ? Promise.resolve() : Promise.reject(failure);
      return new Promise((resolve, reject) => {
        stream.write('', () => settle(resolve, reject));
      });
    },
  };
}
