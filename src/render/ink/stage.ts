import type { ReadStream, WriteStream } from 'node:tty';
import { MAX_TIMER_MS } from '../../core/clock.js';
import type { Theme } from '../theme.js';
import { createDisplay, type Picture } from './display.js';
import { createKeyParser } from './input/keys.js';
import { layoutReady } from './layout-engine.js';
import { createTerminal } from './terminal.js';
import type { Frame, Key } from './types.js';

export interface StageOptions {
  stdin: ReadStream;
  stdout: WriteStream;
  theme: () => Theme;
  screenReader: boolean;
  hyperlinks: boolean;
  compose: (frame: Frame) => Picture;
  onKey: (key: Key) => void;
}

/** The terminal while the chat has it: keys come in, pictures go out, and others may have it in between. */
export interface Stage {
  frame: () => Frame;
  /** Draws within 33 ms. */
  changed: () => void;
  /** Draws at once. */
  draw: () => void;
  /** Takes the terminal and draws the first frame. */
  start: () => Promise<void>;
  /** Draws what is finished and gives the terminal back. Safe at any time. */
  stop: () => void;
  /** Gives the terminal to somebody else while the work lasts. */
  lend: <T>(work: () => Promise<T>) => Promise<T>;
  /** Stops the process group, as the shell's own Ctrl+Z does, until `fg`. */
  suspend: () => void;
  /** Moves what is visible up into the scrollback. */
  clear: () => void;
  /** Writes a sequence that is no text. */
  write: (sequence: string) => void;
}

/** The terminal knows kitty's keyboard protocol (its answer to `CSI ? u`). */
const KITTY_ANSWER = /\[\?\d+u/;

export function createStage(options: StageOptions): Stage {
  const terminal = createTerminal(options.stdin, options.stdout);
  const display = createDisplay({ ...options, terminal });
  let running = false;
  /** Set while suspended: a listener for a signal keeps no process alive, and nothing else may be under way. */
  let asleep: NodeJS.Timeout | undefined;
  const keys = createKeyParser((key) => {
    if (key.name === 'reply' && KITTY_ANSWER.test(key.text)) terminal.useKittyKeys();
    options.onKey(key);
    if (running) display.draw();
  });
  const take = () => {
    if (!running) return;
    terminal.start((data) => keys.push(data));
    display.mount();
  };
  const give = () => {
    display.unmount();
    terminal.stop();
  };
  /** Also after a stop that came from outside, when the shell has had the terminal. */
  const onContinue = () => {
    if (asleep === undefined) give();
    clearInterval(asleep);
    asleep = undefined;
    take();
  };
  return {
    frame: display.frame,
    changed: display.invalidate,
    draw: display.draw,
    async start() {
      await layoutReady;
      running = true;
      process.on('SIGCONT', onContinue);
      take();
    },
    stop() {
      if (!running) return;
      running = false;
      process.off('SIGCONT', onContinue);
      keys.end();
      display.draw();
      give();
    },
    async lend(work) {
      give();
      try {
        return await work();
      } finally {
        take();
      }
    },
    suspend() {
      give();
      asleep = setInterval(() => {}, MAX_TIMER_MS);
      process.kill(0, 'SIGTSTP');
    },
    clear() {
      display.unmount();
      terminal.canvas.write(`${'\n'.repeat(terminal.rows)}\u001b[H`);
      display.mount();
    },
    write: terminal.write,
  };
}
