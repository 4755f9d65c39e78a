import type { FileHandle } from 'node:fs/promises';
import { errnoOf } from '../../config/file-reason.js';

export interface Opened {
  /** For appending. */
  handle: FileHandle;
  /** The file ends within a line. */
  torn: boolean;
}

/** Appends lines to a file in order, without anybody waiting for it. */
export interface Appender {
  /** Whole lines. */
  push: (lines: string) => void;
  /** Resolves when everything is on the disk; rejects with the system's error. */
  flush: () => Promise<void>;
  /** `flush`, then closes the file; what is pushed later is dropped. */
  close: () => Promise<void>;
}

const NEWLINE = Buffer.from('\n');

/**
 * The file is opened at the first line. A line that could not be written stays and is tried again
 * with the next one, on a line of its own, so that a full disk leaves no hole.
 */
export function createAppender(openFile: () => Promise<Opened>): Appender {
  let waiting: Buffer[] = [];
  let file: Opened | undefined;
  let working: Promise<void> | undefined;
  let failure: Error | undefined;
  let closed = false;

  async function write(to: Opened): Promise<void> {
    const bytes = Buffer.concat(to.torn ? [NEWLINE, ...waiting] : waiting);
    waiting = [];
    let done = 0;
    try {
      while (done < bytes.length) done += (await to.handle.write(bytes, done)).bytesWritten;
      to.torn = false;
    } catch (error) {
      if (done > 0) to.torn = bytes[done - 1] !== NEWLINE[0];
      waiting.unshift(bytes.subarray(firstUnwritten(bytes, done)));
      throw error;
    }
  }

  async function drain(): Promise<void> {
    // What is pushed within one turn of the loop is written at once.
    await Promise.resolve();
    try {
      while (waiting.length > 0) {
        file ??= await openFile();
        await write(file);
      }
      failure = undefined;
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
    } finally {
      working = undefined;
    }
  }

  const start = () => (working ??= drain());

  async function flush(): Promise<void> {
    await working;
    if (waiting.length > 0) await start();
    if (failure !== undefined) throw failure;
    if (file !== undefined) await sync(file.handle);
  }

  return {
    push(lines) {
      if (closed) return;
      waiting.push(Buffer.from(lines, 'utf8'));
      void start();
    },
    flush,
    async close() {
      try {
        await flush();
      } finally {
        closed = true;
        await file?.handle.close();
        file = undefined;
      }
    },
  };
}

/** Where the first line begins that is not in the file; one without its newline is. */
function firstUnwritten(bytes: Buffer, done: number): number {
  if (done === 0) return 0;
  return bytes[done] === NEWLINE[0] ? done + 1 : bytes.lastIndexOf(NEWLINE, done - 1) + 1;
}

/** Not every file system can, and there the system writes when it likes. */
async function sync(handle: FileHandle): Promise<void> {
  try {
    await handle.datasync();
  } catch (error) {
    if (!['EINVAL', 'ENOSYS', 'ENOTSUP'].includes(errnoOf(error) ?? '')) throw error;
  }
}
