import { now } from '../core/clock.js';
import type { ChildProcess } from 'node:child_process';

/** After the end of input a server gets this long to leave by itself; then SIGTERM. Milliseconds. */
const GRACE_MS = 50;
/** After SIGTERM; then SIGKILL. Together with the last wait this stays under 150 ms. */
const TERM_MS = 40;
/** After SIGKILL, to see the process go. */
const KILL_MS = 20;

/** Groups that still run; ended without a question when this process leaves. */
const live = new Set<number>();
let hooked = false;

/** Remembers a child that leads its own process group (`detached: true`), so that it never outlives this process's normal exit. */
export function adoptGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  live.add(child.pid);
  if (hooked) return;
  hooked = true;
  process.once('exit', () => {
    for (const pid of live) signalGroup(pid, 'SIGKILL');
  });
}

/** False when no process of the group is left. */
export function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Ends the whole group: end of input, SIGTERM, SIGKILL, grandchildren included. Takes at most 150 ms, never throws. */
export async function endGroup(child: ChildProcess): Promise<void> {
  const { pid } = child;
  child.stdin?.end();
  if (pid === undefined) return;
  await gone(child, pid, GRACE_MS);
  if (signalGroup(pid, 'SIGTERM')) await gone(child, pid, TERM_MS);
  if (signalGroup(pid, 'SIGKILL')) await gone(child, pid, KILL_MS);
  forget(child, pid);
}

/** SIGKILL at once, for a child that breaks the rules. */
export function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  signalGroup(child.pid, 'SIGKILL');
  forget(child, child.pid);
}

/** What is left of the child must not keep this process from ending. */
function forget(child: ChildProcess, pid: number): void {
  live.delete(pid);
  child.stdin?.destroy();
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.unref();
}

/** Resolves when the group is gone, or after `ms`. */
function gone(child: ChildProcess, pid: number, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const started = now();
    let timer: NodeJS.Timeout | undefined;
    const check = () => {
      clearTimeout(timer);
      const left = ms - (now() - started);
      if (left <= 0 || !signalGroup(pid, 0)) {
        child.off('exit', check);
        resolve();
        return;
      }
      timer = setTimeout(check, Math.min(left, 5));
    };
    child.once('exit', check);
    check();
  });
}
