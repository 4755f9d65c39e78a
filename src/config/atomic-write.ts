import { randomBytes } from 'node:crypto';
import { mkdir, open, realpath, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { OstlerError } from '../core/errors.js';
import { delay } from '../core/wait.js';
import { errnoOf, reasonOf } from './file-reason.js';

const PRIVATE_DIR = 0o700;
const PRIVATE_FILE = 0o600;

/**
 * Replaces a file so that a reader, a crash or a full disk finds the old or the new one, never half:
 * open wx → write all → fsync → rename → fsync of the directory. A symbolic link keeps pointing to its
 * target. Missing directories are made with 0700; the file's mode is 0600 unless another is given.
 */
export async function writeFileAtomic(
  file: string,
  content: string | Uint8Array,
  { mode = PRIVATE_FILE }: { mode?: number } = {},
): Promise<void> {
  const target = await realpath(file).catch(() => file);
  const directory = path.dirname(target);
  await mkdir(directory, { recursive: true, mode: PRIVATE_DIR });
  const temporary = path.join(
    directory,
    `.${path.basename(target)}.${randomBytes(6).toString('hex')}`,
  );
  try {
    const handle = await open(temporary, 'wx', PRIVATE_FILE);
    try {
      await handle.writeFile(content);
      if (mode !== PRIVATE_FILE) await handle.chmod(mode);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncDirectory(directory);
}

/** Makes the rename itself durable; not every file system or platform can. */
async function syncDirectory(directory: string): Promise<void> {
  try {
    const handle = await open(directory, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    return;
  }
}

const STALE_LOCK_MS = 10_000;
const LOCK_RETRY_MS = 20;
/** A lock is kept fresh while its work goes on, however long a person or a server takes. */
const LOCK_BEAT_MS = 2000;

/**
 * Runs `work` while no other process of ours does so for the same file (`<file>.lock`), so that
 * read, change and write lose no update. A lock that a killed process left is taken after 10 s.
 */
export async function withFileLock<T>(
  file: string,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const lock = `${file}.lock`;
  await mkdir(path.dirname(file), { recursive: true, mode: PRIVATE_DIR }).catch((error: unknown) =>
    Promise.reject(cannotMake(path.dirname(file), error)),
  );
  while (!(await takeLock(lock))) await delay(LOCK_RETRY_MS * (0.5 + Math.random()), signal);
  const beat = setInterval(() => {
    const time = new Date();
    void utimes(lock, time, time).catch(() => {});
  }, LOCK_BEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    await rm(lock, { force: true });
  }
}

async function takeLock(lock: string): Promise<boolean> {
  try {
    await (await open(lock, 'wx', PRIVATE_FILE)).close();
    return true;
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw cannotMake(lock, error);
    const age = Date.now() - (await stat(lock).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs;
    // A lock of the future is left over as well: the clock was put back since. Renamed away before it is removed: two waiters must not both delete, one of them a new lock.
    if (Math.abs(age) > STALE_LOCK_MS) {
      const grave = `${lock}.${randomBytes(4).toString('hex')}`;
      await rename(lock, grave).catch(() => {});
      await rm(grave, { force: true });
    }
    return false;
  }
}

function cannotMake(file: string, error: unknown): OstlerError {
  return new OstlerError('config_invalid', `${file} cannot be made: ${reasonOf(error)}.`);
}
