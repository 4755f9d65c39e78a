import { render, type Instance } from 'ink';
import { createElement } from 'react';
import { now } from '../../core/clock.js';
import { columnsOf, wrapRows } from '../columns.js';
import type { Theme } from '../theme.js';
import { App, type Finished, type View, type ViewStore } from './app.js';
import type { Terminal } from './terminal.js';
import { clampRows } from './transcript/rows.js';
import type { CursorPosition, Frame, Rows } from './types.js';

/** What is to be drawn at one moment. */
export interface Picture {
  /** Rows that are finished since the last picture; a string is written past Ink (an image). */
  finished: readonly (Rows | string)[];
  /** At most `frame.rows - 1`. */
  rows: Rows;
  cursor?: CursorPosition | undefined;
  /** Something changes by time alone. */
  animated: boolean;
}

export interface DisplayOptions {
  terminal: Terminal;
  theme: () => Theme;
  screenReader: boolean;
  hyperlinks: boolean;
  compose: (frame: Frame) => Picture;
}

/** Draws the picture of the moment when something changed, at most 30 times a second but for keys. */
export interface Display {
  frame: () => Frame;
  mount: () => void;
  /** Takes the live rows off the screen; what is finished stays. */
  unmount: () => void;
  /** Draws within 33 ms. */
  invalidate: () => void;
  /** Draws at once: a key was pressed. */
  draw: () => void;
}

const FRAME_MS = 33;
/** The spinner's. */
const ANIMATION_MS = 100;
/** A smaller terminal shows nothing until it is larger again; what comes meanwhile is made for the last size. */
const MIN_COLUMNS = 8;
const MIN_ROWS = 3;
/** Finished texts kept before they are forgotten. */
const MAX_FINISHED = 200;

export function createDisplay(options: DisplayOptions): Display {
  const { terminal, compose } = options;
  const listeners = new Set<() => void>();
  let view: View = { finished: [], generation: 0, rows: [] };
  let instance: Instance | undefined;
  let writePast: (sequence: string) => void = () => {};
  let timer: NodeJS.Timeout | undefined;
  let dueAt = 0;
  let drawnAt = 0;
  let serial = 0;
  let stopResize = () => {};

  const isReadable = () => terminal.columns >= MIN_COLUMNS && terminal.rows >= MIN_ROWS;
  let size = { columns: 79, rows: 24 };
  const frame = (): Frame => ({
    ...(size = isReadable() ? { columns: terminal.columns - 1, rows: terminal.rows } : size),
    theme: options.theme(),
    screenReader: options.screenReader,
    hyperlinks: options.hyperlinks,
    now: now(),
  });
  const store: ViewStore = {
    view: () => view,
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onWriter(write: (sequence: string) => void) {
      writePast = write;
    },
  };
  const publish = (next: View) => {
    view = next;
    for (const listener of listeners) listener();
  };
  /** Rows made before the terminal became narrower are wrapped here: Ink would cut off all that follows the first. */
  const fitted = (rows: Rows): Rows =>
    rows.every((row) => columnsOf(row) <= size.columns)
      ? rows
      : rows.flatMap((row) => wrapRows(row, size.columns));
  /** Finished rows in few texts; an image ends one, because it has to come between. */
  const commit = (finished: Picture['finished'], live: Pick<View, 'rows' | 'cursor'>) => {
    let pending: string[] = [];
    const flush = () => {
      if (pending.length === 0) return;
      const item: Finished = { key: (serial += 1), text: pending.join('\n') };
      pending = [];
      const full = view.finished.length >= MAX_FINISHED;
      publish({
        ...live,
        generation: full ? view.generation + 1 : view.generation,
        finished: full ? [item] : [...view.finished, item],
      });
    };
    for (const part of finished) {
      if (typeof part !== 'string') pending.push(...fitted(part));
      else {
        flush();
        writePast(part);
      }
    }
    flush();
  };
  /** The soonest of what is wanted counts. */
  const schedule = (ms: number) => {
    const at = now() + ms;
    if (timer !== undefined && dueAt <= at) return;
    clearTimeout(timer);
    dueAt = at;
    timer = setTimeout(() => {
      timer = undefined;
      draw();
    }, ms);
  };
  const draw = () => {
    if (instance === undefined) return;
    clearTimeout(timer);
    timer = undefined;
    drawnAt = now();
    const picture = compose(frame());
    const { finished, cursor, animated } = picture;
    const rows = clampRows(picture.rows, size.columns);
    const live = cursor === undefined ? { rows } : { rows, cursor };
    if (finished.length > 0) commit(finished, live);
    if (view.rows !== rows || view.cursor !== cursor) {
      publish({ finished: view.finished, generation: view.generation, ...live });
    }
    if (animated) schedule(ANIMATION_MS);
  };
  /** A resize moves and wraps what is drawn behind Ink's back: it is taken off by our own count, and Ink begins anew. */
  const onResize = () => {
    takeOff();
    putOn();
  };
  const putOn = () => {
    // Nothing could be read there, and what is printed stays as it was printed.
    if (!isReadable()) return;
    terminal.canvas.measure();
    view = { finished: [], generation: view.generation + 1, rows: [] };
    instance = render(createElement(App, { store }), {
      stdout: terminal.canvas.stream,
      exitOnCtrlC: false,
      patchConsole: false,
      // Frames are limited here; Ink would only hold them back a second time.
      maxFps: 1000,
      isScreenReaderEnabled: false,
    });
    draw();
  };
  const takeOff = () => {
    clearTimeout(timer);
    timer = undefined;
    if (instance === undefined) return;
    // What React has not drawn yet, above all finished rows, is drawn now.
    instance.rerender(createElement(App, { store }));
    terminal.canvas.write(eraseLive(view, terminal.columns));
    // Ink would erase, by its own count, what is no longer there.
    terminal.canvas.muted(() => instance?.unmount());
    instance = undefined;
    terminal.canvas.flush();
  };
  return {
    frame,
    mount() {
      stopResize = terminal.onResize(onResize);
      putOn();
    },
    unmount() {
      stopResize();
      takeOff();
    },
    invalidate() {
      schedule(Math.max(0, FRAME_MS - (now() - drawnAt)));
    },
    draw,
  };
}

/** Erases the live rows as a terminal of this width shows them. Terminals keep the cursor on its row when they wrap. */
function eraseLive({ rows, cursor }: View, columns: number): string {
  const wrapped = (row: string) => Math.max(1, Math.ceil(columnsOf(row) / columns));
  const above = rows.slice(0, cursor?.y).reduce((sum, row) => sum + wrapped(row), 0);
  return `\r${above > 0 ? `\u001b[${above}A` : ''}\u001b[J`;
}
