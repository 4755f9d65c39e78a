import { mkdir, open, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { withFileLock } from '../../config/atomic-write.js';
import { errnoOf } from '../../config/file-reason.js';
import { isRecord } from '../../core/json.js';
import { deadline } from '../../core/wait.js';

/** Who holds a lock; written into its file. */
interface Owner {
  pid: number;
  host: string;
  /** When the process began, in the kernel's own count; undefined where it does not tell. */
  start?: string;
  /** Milliseconds since 1970. */
  since: number;
}

/** Another process holds the lock; `pid` is undefined while it is just being written. */
export class LockHeld extends Error {
  readonly pid: number | undefined;
  constructor(pid: number | undefined) {
    super('the lock is held');
    this.pid = pid;
  }
}

/** Locks of this process, and how often each was taken. */
const held = new Map<string, number>();

/** A lock of another machine cannot be looked into; after a day nobody is expected back. */
const FOREIGN_STALE_MS = 24 * 3_600_000;
const EMPTY_STALE_MS = 10_000;
const TAKEOVER_PATIENCE_MS = 15_000;

/**
 * Takes the lock file (0600) for this process, which may take it several times; resolves to the way
 * to give it back. A lock whose process is gone is taken over. Throws `LockHeld`, or the system's error.
 */
export async function takeLock(lock: string): Promise<() => Promise<void>> {
  const count = held.get(lock) ?? 0;
  if (count === 0 && !(await tryTake(lock))) await takeOver(lock);
  held.set(lock, (held.get(lock) ?? 0) + 1);
  let released = false;
  return async () => {
    if (released) return;
    released = true;
    const left = (held.get(lock) ?? 1) - 1;
    if (left > 0) held.set(lock, left);
    else {
      held.delete(lock);
      await rm(lock, { force: true });
    }
  };
}

/** Throws `LockHeld` when another process holds the lock. */
export async function checkUnlocked(lock: string): Promise<void> {
  const owner = await ownerOf(lock);
  if (owner === 'unknown') throw new LockHeld(undefined);
  if (owner !== undefined) throw new LockHeld(owner.pid);
}

async function tryTake(lock: string): Promise<boolean> {
  await mkdir(path.dirname(lock), { recursive: true, mode: 0o700 });
  try {
    const handle = await open(lock, 'wx', 0o600);
    try {
      const start = await startOf(process.pid);
      const owner: Owner = {
        pid: process.pid,
        host: os.hostname(),
        ...(start === undefined ? {} : { start }),
        since: Date.now(),
      };
      await handle.writeFile(JSON.stringify(owner));
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** One at a time, so that nobody takes away a lock that was just taken over. */
async function takeOver(lock: string): Promise<void> {
  const patience = deadline(TAKEOVER_PATIENCE_MS, 'Taking over a lock');
  const replace = async () => {
    await checkUnlocked(lock);
    await rm(lock, { force: true });
    if (!(await tryTake(lock))) throw new LockHeld(undefined);
  };
  try {
    await withFileLock(lock, replace, patience.signal);
  } finally {
    patience.clear();
  }
}

/** The living holder; undefined when nobody holds the lock any more, or this process does. */
async function ownerOf(lock: string): Promise<Owner | 'unknown' | undefined> {
  const found = await readOwner(lock);
  if (found === undefined || found === 'unknown') return found;
  if (found.host !== os.hostname()) {
    return Date.now() - found.since < FOREIGN_STALE_MS ? found : undefined;
  }
  if (found.pid === process.pid || !isAlive(found.pid)) return undefined;
  const start = await startOf(found.pid);
  const reused = start !== undefined && found.start !== undefined && start !== found.start;
  return reused ? undefined : found;
}

async function readOwner(lock: string): Promise<Owner | 'unknown' | undefined> {
  let handle;
  try {
    handle = await open(lock, 'r');
    const [text, { mtimeMs }] = await Promise.all([handle.readFile('utf8'), handle.stat()]);
    const owner = parseOwner(text);
    if (owner !== undefined) return owner;
    // Its owner is about to write it, or died before.
    return Date.now() - mtimeMs < EMPTY_STALE_MS ? 'unknown' : undefined;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  } finally {
    await handle?.close();
  }
}

function parseOwner(text: string): Owner | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!isRecord(value) || typeof value['pid'] !== 'number' || value['pid'] <= 0) return undefined;
    return value as unknown as Owner;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errnoOf(error) === 'EPERM';
  }
}

/** Field 22 of /proc/PID/stat (proc(5)): tells a process from a later one with the same number. */
async function startOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}
