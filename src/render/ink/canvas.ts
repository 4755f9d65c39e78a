import type { WriteStream } from 'node:tty';

/** The terminal as Ink sees it. */
export interface Canvas {
  /** To be given to Ink as its stdout. */
  readonly stream: WriteStream;
  /** Writes in order with what Ink writes. */
  write: (text: string) => void;
  /** Lets Ink know that the terminal has another size. */
  resized: () => void;
}

/** More rows than any terminal has: a live area as high as the screen makes Ink clear the scrollback. */
const ENDLESS = 1_000_000;

/**
 * A stand-in for stdout. It is endlessly high, it tells Ink of a resize when the screen is ready for
 * it, and what is written in one turn of the event loop leaves as one, so that a frame is one
 * system call and a terminal without synchronized output shows no half of it.
 */
export function createCanvas(stdout: WriteStream): Canvas {
  const listeners = new Set<() => void>();
  let waiting = '';
  const flush = () => {
    const text = waiting;
    waiting = '';
    stdout.write(text);
  };
  const write = (text: string, done?: () => void) => {
    if (waiting === '') queueMicrotask(flush);
    waiting += text;
    if (done !== undefined) setImmediate(done);
    return true;
  };
  const stream = {
    isTTY: true,
    rows: ENDLESS,
    writable: true,
    writableLength: 0,
    get columns() {
      return stdout.columns > 0 ? stdout.columns : 80;
    },
    get destroyed() {
      return stdout.destroyed;
    },
    write,
    on: (_: string, listener: () => void) => listeners.add(listener),
    off: (_: string, listener: () => void) => listeners.delete(listener),
  };
  return {
    stream: stream as unknown as WriteStream,
    write,
    resized: () => listeners.forEach((listener) => listener()),
  };
}
