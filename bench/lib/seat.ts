import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { type Pty, startPty } from '../../test/support/pty.js';
import { now } from './child.js';

/** A program at a terminal, with a stopwatch: what came when, and what it used. */
export interface Player {
  readonly pty: Pty;
  /** The moment the program was started, by `now()`. */
  readonly startedAt: number;
  /** Resolves to the moment the bytes arrived after which the screen was as wanted. */
  shown: (wanted: () => boolean, ms?: number) => Promise<number>;
  /** Whether a visible row holds the text. */
  sees: (text: string) => boolean;
  /** CPU time so far, milliseconds; NaN where the system does not tell. */
  cpu: () => number;
  /** Peak of the resident memory, MiB. */
  rss: () => number;
  /** As a person leaves: so it can write what it writes at its end, its compile cache for one. */
  leave: () => Promise<void>;
}

export interface SeatOptions {
  node: string;
  argv: readonly string[];
  /** Home, temporary and working directory. */
  folder: string;
  env?: Readonly<Record<string, string>>;
  columns?: number;
  rows?: number;
}

const PATIENCE_MS = 60_000;
/** Clock ticks of /proc/<pid>/stat (`getconf CLK_TCK`, 100 on every Linux that Node runs on). */
const TICK_MS = 10;

/** The shell switches the terminal's own echo off, tells that the clock starts, and becomes the program. */
const BEGIN = 'stty -echo -icanon; printf "\\001"; exec "$@"';

/** Starts a program; resolves at its start, before it has done anything. */
export async function sitDown(options: SeatOptions): Promise<Player> {
  const { node, argv, folder, columns = 100, rows = 40 } = options;
  const pty = startPty({
    file: '/bin/sh',
    args: ['-c', BEGIN, 'sh', node, ...argv],
    cwd: folder,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: folder,
      TMPDIR: folder,
      TERM: 'xterm-256color',
      LANG: 'C.UTF-8',
      ...options.env,
    },
    columns,
    rows,
  });
  const watch = watchArrivals(pty);
  const startedAt = await watch.until(() => pty.bytes().includes(1), PATIENCE_MS);
  const sees = (text: string) => pty.screen().some((row) => row.includes(text));
  return {
    pty,
    startedAt,
    sees,
    shown: (wanted, ms = PATIENCE_MS) => watch.until(wanted, ms),
    cpu: () => cpuOf(pty.pid),
    rss: () => peakOf(pty.pid),
    leave: () => leave(pty),
  };
}

/** Knows for everything on the screen when its bytes arrived. */
function watchArrivals(pty: Pty) {
  const arrivals: number[] = [];
  let waiting: { wanted: () => boolean; resolve: (at: number) => void } | undefined;
  pty.onData(
    () => arrivals.push(now()),
    () => {
      const at = arrivals.shift() ?? now();
      if (!waiting?.wanted()) return;
      const { resolve } = waiting;
      waiting = undefined;
      resolve(at);
    },
  );
  return {
    until: async (wanted: () => boolean, ms: number): Promise<number> => {
      if (wanted()) return now();
      const found = new Promise<number>((resolve) => (waiting = { wanted, resolve }));
      const limit = new AbortController();
      const late = delay(ms, Number.NaN, { signal: limit.signal }).catch(() => Number.NaN);
      const gone = pty.exit.then(() => Number.NaN);
      const at = await Promise.race([found, late, gone]);
      limit.abort();
      if (Number.isNaN(at)) {
        throw new Error(`not seen within ${ms} ms; the screen was:\n${pty.screen().join('\n')}`);
      }
      return at;
    },
  };
}

function cpuOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name of the program, in parentheses, may hold anything; utime and stime are 14th and 15th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return Number.NaN;
  }
}

function peakOf(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    return Number(/VmHWM:\s*(\d+)/.exec(status)?.[1]) / 1024;
  } catch {
    return Number.NaN;
  }
}

/** Ctrl+C ends an answer and clears the input, Ctrl+D on an empty input ends the program. */
async function leave(pty: Pty): Promise<void> {
  const endsWithin = (ms: number) =>
    Promise.race([pty.exit.then(() => true), delay(ms).then(() => false)]);
  for (let tries = 0; tries < 40; tries += 1) {
    pty.press('ctrl+c');
    if (await endsWithin(50)) break;
    pty.press('ctrl+d');
    if (await endsWithin(100)) break;
  }
  await pty.close();
}
