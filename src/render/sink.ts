import type { Writable } from 'node:stream';
import { OstlerError } from '../core/errors.js';

/** An output stream that may be a terminal. */
export type Output = Writable & { isTTY?: boolean; columns?: number };

/** Writes in order, waits when the reader is slow, and goes quiet when the reader is gone (`| head`). */
export interface Sink {
  readonly isTerminal: boolean;
  /** Resolves at once while the pipe takes it, else when it has room again. Rejects with `output_failed`. */
  write: (text: string) => Promise<void>;
  /** Resolves when the last byte has left. Rejects with `output_failed`. */
  flush: () => Promise<void>;
  /** The reader is gone, or the output failed; what is written now is dropped. */
  readonly closed: boolean;
}

export interface SinkOptions {
  /** Called once when nothing can be written any more; with the reason, unless the reader just left. */
  onClose?: (failure: OstlerError | undefined) => void;
}

/** Errors of a pipe whose reader ended; a closed descriptor counts as well. */
const READER_GONE = new Set(['EPIPE', 'ECONNRESET', 'EBADF', 'ERR_STREAM_DESTROYED', 'EIO']);

export function createSink(stream: Output, { onClose }: SinkOptions = {}): Sink {
  let closed = stream.destroyed;
  let failure: OstlerError | undefined;
  const close = (error?: NodeJS.ErrnoException) => {
    if (closed) return;
    closed = true;
    if (error !== undefined && !READER_GONE.has(error.code ?? '')) failure = outputFailed(error);
    onClose?.(failure);
  };
  stream.on('error', close);
  stream.on('close', () => close());
  const outcome = () => (failure === undefined ? Promise.resolve() : Promise.reject(failure));
  return {
    isTerminal: stream.isTTY === true,
    get closed() {
      return closed;
    },
    async write(text) {
      if (closed || stream.destroyed || text === '' || stream.write(text)) return;
      await hasRoom(stream);
      await outcome();
    },
    async flush() {
      if (!closed && !stream.destroyed) {
        const error = await new Promise((resolve) => {
          stream.write('', resolve);
        });
        // The stream tells its callbacks of a failure before it emits the error itself.
        if (error instanceof Error && !closed) await hasRoom(stream);
      }
      await outcome();
    },
  };
}

/** Resolves when the stream takes more, or never will. */
function hasRoom(stream: Output): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stream.off('drain', done).off('error', done).off('close', done);
      resolve();
    };
    stream.on('drain', done).on('error', done).on('close', done);
  });
}

function outputFailed(error: NodeJS.ErrnoException): OstlerError {
  const reason = error.code === 'ENOSPC' ? 'the device is full' : 'writing failed';
  return new OstlerError(
    'output_failed',
    `The output could not be written: ${reason} (${error.code ?? 'unknown'}).`,
    { cause: error },
  );
}
