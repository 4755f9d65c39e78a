import type { WriteStream } from 'node:tty';

/** The terminal as Ink sees it. */
export interface Canvas {
  /** To be given to Ink as its stdout. */
  readonly stream: WriteStream;
  /** Writes in order with what Ink writes. */
  write: (text: string) => void;
  /** Drops what is written while the work lasts. */
  muted: (work: () => void) => void;
  /** Takes the width of the terminal over; until then Ink keeps to the old one. */
  measure: () => void;
  /** Lets what waits go out now. */
  flush: () => void;
}

/** More rows than any terminal has: a live area as high as the screen makes Ink clear the scrollback. */
const ENDLESS = 1_000_000;

/**
 * A stand-in for stdout. It is endlessly high, and Ink hears of no resize, because the screen begins
 * anew after one. What is written in one turn of the event loop leaves as one: a frame is one system
 * call, and a terminal without synchronized output shows no half of it.
 */
export function createCanvas(stdout: WriteStream): Canvas {
  let waiting = '';
  let silent = false;
  let columns = 80;
  const flush = () => {
    const text = waiting;
    waiting = '';
    if (text !== '') stdout.write(text);
  };
  const write = (text: string, done?: () => void) => {
    if (waiting === '') queueMicrotask(flush);
    if (!silent) waiting += withNewlines(text);
    if (done !== undefined) setImmediate(done);
    return true;
  };
  const stream = {
    isTTY: true,
    rows: ENDLESS,
    writable: true,
    writableLength: 0,
    get columns() {
      return columns;
    },
    get destroyed() {
      return stdout.destroyed;
    },
    write,
    on: () => {},
    off: () => {},
  };
  return {
    stream: stream as unknown as WriteStream,
    write,
    muted(work) {
      silent = true;
      work();
      silent = false;
    },
    measure() {
      columns = stdout.columns > 0 ? stdout.columns : 80;
    },
    flush,
  };
}

/**
 * Downward moves as newlines. A move stops at the last row, and when a lower terminal has dropped
 * the rows below the cursor, the way back up would end in finished rows; a newline scrolls instead.
 */
function withNewlines(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/\u001b\[(\d*)B/g, (_, count: string) => '\n'.repeat(Number(count) || 1));
}
