import { writeSync } from 'node:fs';
import type { ReadStream, WriteStream } from 'node:tty';
import { createCanvas, type Canvas } from './canvas.js';

/** The terminal as the chat holds it: raw keys in, restored on every way out. */
export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  /** What Ink draws on. */
  readonly canvas: Canvas;
  /** Takes the keyboard. */
  start: (onData: (data: Uint8Array) => void) => void;
  /** Gives everything back; may be called at any time, more than once. */
  stop: () => void;
  /** Asked for and granted: keys with unambiguous codes (https://sw.kovidgoyal.net/kitty/keyboard-protocol/). */
  useKittyKeys: () => void;
  /** Writes past Ink: a question to the terminal, the clipboard. */
  write: (sequence: string) => void;
  /** Returns the way to stop listening. */
  onResize: (listener: () => void) => () => void;
}

const PASTE_ON = '\u001b[?2004h';
const PASTE_OFF = '\u001b[?2004l';
const CURSOR_ON = '\u001b[?25h';
const SYNC_OFF = '\u001b[?2026l';
const STYLE_OFF = '\u001b[0m';
const KITTY_QUESTION = '\u001b[?u';
const KITTY_ON = '\u001b[>1u';
const KITTY_OFF = '\u001b[<u';

export function createTerminal(stdin: ReadStream, stdout: WriteStream): Terminal {
  const { fd } = stdout as WriteStream & { fd: number };
  let onData: ((data: Uint8Array) => void) | undefined;
  let kitty = false;
  const restore = () => {
    const sequence = `${SYNC_OFF}${STYLE_OFF}${kitty ? KITTY_OFF : ''}${PASTE_OFF}${CURSOR_ON}`;
    kitty = false;
    try {
      writeSync(fd, sequence);
    } catch {
      // The terminal is gone; there is nothing left to restore.
    }
  };
  const stop = () => {
    if (onData === undefined) return;
    stdin.off('data', onData);
    onData = undefined;
    process.off('exit', stop);
    try {
      stdin.setRawMode(false);
    } catch {
      // The terminal is gone.
    }
    stdin.pause();
    restore();
  };
  return {
    get columns() {
      return stdout.columns > 0 ? stdout.columns : 80;
    },
    get rows() {
      return stdout.rows > 0 ? stdout.rows : 24;
    },
    canvas: createCanvas(stdout),
    start(listener) {
      onData = listener;
      process.on('exit', stop);
      stdin.setRawMode(true);
      stdin.on('data', listener);
      stdin.resume();
      stdout.write(PASTE_ON + KITTY_QUESTION);
    },
    stop,
    useKittyKeys() {
      if (kitty || onData === undefined) return;
      kitty = true;
      stdout.write(KITTY_ON);
    },
    write: (sequence) => stdout.write(sequence),
    onResize(listener) {
      stdout.on('resize', listener);
      return () => stdout.off('resize', listener);
    },
  };
}
