import path from 'node:path';
import { BIN, makeHome } from './ostler.js';
import { type Pty, startPty } from './pty.js';

export interface TerminalOptions {
  /** Default 80. */
  columns?: number;
  /** Default 24. */
  rows?: number;
  /** Added to an environment that has nothing of the machine's but PATH. */
  env?: Readonly<Record<string, string>>;
  /** An existing directory; else a temporary one, removed at the end. */
  home?: string;
  /** Default the home. */
  cwd?: string;
  /** Starts this in the terminal and not ostler. */
  file?: string;
}

export interface OstlerTerminal extends Pty {
  home: string;
}

const open = new Set<() => Promise<void>>();

/** Runs the built program in a terminal of its own. `closeTerminals` in `afterEach` ends it. */
export function openTerminal(
  args: readonly string[] = [],
  options: TerminalOptions = {},
): OstlerTerminal {
  const temporary = options.home === undefined ? makeHome() : undefined;
  const home = options.home ?? temporary?.dir ?? '';
  const { columns, rows, file } = options;
  const pty = startPty({
    file: file ?? process.execPath,
    args: file === undefined ? [BIN, ...args] : args,
    cwd: options.cwd ?? home,
    env: { ...environment(home), ...options.env },
    ...(columns === undefined ? {} : { columns }),
    ...(rows === undefined ? {} : { rows }),
  });
  const close = async () => {
    open.delete(close);
    await pty.close();
    temporary?.remove();
  };
  open.add(close);
  return { ...pty, home, close };
}

export async function closeTerminals(): Promise<void> {
  await Promise.all(Array.from(open, (close) => close()));
}

/** A person's at a modern terminal; CI, NO_COLOR, TMUX and the like are not set. */
export function environment(home: string): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    OSTLER_HOME: path.join(home, 'state'),
    TERM: 'xterm-256color',
    LANG: 'C.UTF-8',
    NODE_DISABLE_COMPILE_CACHE: '1',
  };
}
