import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const BIN = path.join(ROOT, 'bin/ostler.cjs');

export interface RunOptions {
  env?: Readonly<Record<string, string>>;
  /** Given to stdin, which is then closed. */
  stdin?: string | Buffer;
  /** Leaves stdin an open pipe that says nothing. */
  silentStdin?: boolean;
  cwd?: string;
  /** Milliseconds until the process is killed; the test then sees the signal. */
  killAfter?: number;
  onSpawn?: (child: ChildProcess) => void;
  /** Called with all of stdout so far, whenever there is more. */
  onStdout?: (text: string, child: ChildProcess) => void;
}

export interface RunResult {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A directory of its own that stands for a person's home; removed by `remove`. */
export function makeHome(): { dir: string; remove: () => void } {
  const dir = mkdtempSync(path.join(tmpdir(), 'ostler-test-'));
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

/** Runs the built program as a stranger would: own home, no variables of the machine's, no terminal. */
export function runOstler(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const home = makeHome();
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd: options.cwd ?? home.dir,
    env: {
      PATH: process.env['PATH'],
      HOME: home.dir,
      OSTLER_HOME: path.join(home.dir, 'state'),
      // Every run has a home of its own, and would fill a cache for nobody.
      NODE_DISABLE_COMPILE_CACHE: '1',
      ...options.env,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => {
    stdout.push(chunk);
    options.onStdout?.(Buffer.concat(stdout).toString('utf8'), child);
  });
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  child.stdin.on('error', () => {});
  if (options.silentStdin !== true) child.stdin.end(options.stdin ?? '');
  options.onSpawn?.(child);
  const timer = setTimeout(() => child.kill('SIGKILL'), options.killAfter ?? 25_000);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      home.remove();
      resolve({
        code,
        signal,
        stdout: Buffer.concat(stdout).toString('utf8'),
        stderr: Buffer.concat(stderr).toString('utf8'),
      });
    });
  });
}
