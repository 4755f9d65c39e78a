import { type IPty, spawn } from '@lydell/node-pty';
import { keyBytes } from './keys.js';
import { createScreen, type Screen } from './screen.js';

export interface PtyCommand {
  file: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  cwd: string;
  columns?: number;
  rows?: number;
}

export interface Exit {
  code: number;
  /** Number of the signal that ended it; 0 for none. */
  signal: number;
}

/** A program in a terminal: what a person at it could do and see. */
export interface Pty {
  readonly pid: number;
  write: (text: string) => void;
  /** Keys by name (`enter`, `ctrl+c`, `alt+enter`, `up` …) or by their character, one after the other. */
  press: (...keys: string[]) => void;
  /** A bracketed paste. */
  paste: (text: string) => void;
  resize: (columns: number, rows: number) => void;
  /** The visible rows, blanks at their ends left out. */
  screen: () => string[];
  /** All rows, those that scrolled away included. */
  scrollback: () => string[];
  cursor: Screen['cursor'];
  title: Screen['title'];
  clipboardWrites: Screen['clipboardWrites'];
  /** The emulator itself, for cells and their styles. */
  readonly xterm: Screen['xterm'];
  /** Everything the program wrote. */
  bytes: () => Buffer;
  /** Whether a private mode (`CSI ? n h`) was last switched on; undefined when it never was named. */
  mode: (number: number) => boolean | undefined;
  /**
   * Resolves when the visible screen holds the text, fits the expression (rows joined by `\n`), or
   * the predicate is true. Rejects after `ms`, and when the program ends first, with the screen in words.
   */
  waitFor: (wanted: Wanted, ms?: number) => Promise<void>;
  /** Resolves when nothing was written for `ms` from now on; rejects when something always moves. */
  quiet: (ms?: number) => Promise<void>;
  /** Called for each piece as it arrives, and again when it is on the screen. */
  onData: (arrived: (bytes: Buffer) => void, shown?: () => void) => void;
  exit: Promise<Exit>;
  /** Ends the program and waits for its end. */
  close: () => Promise<void>;
}

export type Wanted = string | RegExp | (() => boolean);

const PATIENCE_MS = 20_000;
/** Bytes not acted on yet, at which the program has to wait as it would for a slow terminal. */
const FULL = 1 << 20;

export function startPty(command: PtyCommand): Pty {
  const { file, args, env, cwd, columns = 80, rows = 24 } = command;
  const screen = createScreen(columns, rows);
  // `encoding: null` gives bytes, which node-pty's types do not know.
  const pty = spawn(file, [...args], { cols: columns, rows, cwd, env, encoding: null });
  const stream = pipe(pty, screen);
  let over: Exit | undefined;
  const exit = new Promise<Exit>((resolve) => {
    const finish = async (code: number, signal = 0) => {
      await stream.idle();
      over = { code, signal };
      resolve(over);
      stream.wake();
    };
    pty.onExit(({ exitCode, signal }) => void finish(exitCode, signal));
  });
  const write = (text: string) => {
    if (!over) pty.write(text);
  };
  screen.onReply(write);
  const describe = () => `the screen was:\n${screen.rows().join('\n').trimEnd()}`;
  return {
    pid: pty.pid,
    write,
    press: (...keys) => keys.forEach((key) => write(keyBytes(key))),
    paste: (text) => write(`\x1b[200~${text}\x1b[201~`),
    resize(width, height) {
      screen.resize(width, height);
      if (!over) pty.resize(width, height);
    },
    screen: screen.rows,
    scrollback: screen.scrollback,
    cursor: screen.cursor,
    title: screen.title,
    clipboardWrites: screen.clipboardWrites,
    xterm: screen.xterm,
    bytes: stream.bytes,
    mode: (number) => lastMode(stream.bytes(), number),
    waitFor: async (wanted, ms = PATIENCE_MS) => {
      const test = testOf(wanted, screen);
      const problem = await stream.until(test, { ms, over: () => over !== undefined });
      if (problem === undefined) return;
      throw new Error(`${problem} while waiting for ${String(wanted)}; ${describe()}`);
    },
    quiet: stream.quiet,
    onData: stream.onData,
    exit,
    close: async () => {
      if (!over) endGroup(pty.pid);
      await exit;
      screen.dispose();
    },
  };
}

function testOf(wanted: Wanted, screen: Screen): () => boolean {
  if (typeof wanted === 'function') return wanted;
  const text = () => screen.rows().join('\n');
  if (typeof wanted === 'string') return () => text().includes(wanted);
  return () => wanted.test(text());
}

/** The program leads a session of its own, but for its first moment; what it started goes with it. */
function endGroup(pid: number): void {
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, 'SIGKILL');
      return;
    } catch {
      // There is no such group yet, or it ended meanwhile.
    }
  }
}

function lastMode(bytes: Buffer, number: number): boolean | undefined {
  const text = bytes.toString('latin1');
  const on = text.lastIndexOf(`\x1b[?${number}h`);
  const off = text.lastIndexOf(`\x1b[?${number}l`);
  return on === off ? undefined : on > off;
}

/** Brings the program's bytes to the screen, and tells who waits. */
function pipe(pty: IPty, screen: Screen) {
  const chunks: Buffer[] = [];
  const watchers = new Set<() => void>();
  const listeners: { arrived: (bytes: Buffer) => void; shown?: (() => void) | undefined }[] = [];
  let pending = 0;
  let lastAt = Date.now();
  const wake = () => watchers.forEach((watcher) => watcher());
  const show = async (bytes: Buffer) => {
    await screen.write(bytes);
    if (pending > FULL && pending - bytes.length <= FULL) pty.resume();
    pending -= bytes.length;
    listeners.forEach(({ shown }) => shown?.());
    wake();
  };
  pty.onData((data) => {
    const bytes = data as unknown as Buffer;
    lastAt = Date.now();
    listeners.forEach(({ arrived }) => arrived(bytes));
    chunks.push(bytes);
    pending += bytes.length;
    if (pending > FULL) pty.pause();
    void show(bytes);
  });
  /** Undefined when the test came true, else what happened instead. */
  const until = (test: () => boolean, limit: { ms: number; over: () => boolean }) =>
    new Promise<string | undefined>((resolve) => {
      const finish = (problem?: string) => {
        clearTimeout(timer);
        clearInterval(poll);
        watchers.delete(look);
        resolve(problem);
      };
      const look = () => {
        if (test()) finish();
        else if (limit.over()) finish('the program ended');
      };
      const timer = setTimeout(
        () => finish(test() ? undefined : `${limit.ms} ms passed`),
        limit.ms,
      );
      // A predicate may look at something else than the screen.
      const poll = setInterval(look, 50);
      watchers.add(look);
      look();
    });
  const never = () => false;
  return {
    bytes: () => Buffer.concat(chunks),
    wake,
    until,
    idle: () => until(() => pending === 0, { ms: PATIENCE_MS, over: never }),
    quiet: async (ms = 300) => {
      const askedAt = Date.now();
      const calm = () => pending === 0 && Date.now() - Math.max(lastAt, askedAt) >= ms;
      const problem = await until(calm, { ms: PATIENCE_MS, over: never });
      if (problem !== undefined) throw new Error('the screen never comes to rest');
    },
    onData: (arrived: (bytes: Buffer) => void, shown?: () => void) =>
      void listeners.push({ arrived, shown }),
  };
}
