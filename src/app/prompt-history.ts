import { mkdir, open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { withFileLock, writeFileAtomic } from '../config/atomic-write.js';
import { isRecord } from '../core/json.js';
import type { HistoryStore } from '../core/prompt-files.js';
import { redact } from '../core/redact.js';
import { deadline } from '../core/wait.js';

/** Prompts that are kept; the file is rewritten when it holds twice as many. */
export const HISTORY_ENTRIES = 1000;

/** A longer prompt is a pasted document, which nobody looks for in a history. */
const MAX_ENTRY_CHARS = 64 * 1024;
/** As much of the end of the file is read. */
const MAX_READ_BYTES = 16 * 1024 * 1024;
/** Longer than any chat holds the lock. */
const LOCK_PATIENCE_MS = 2000;
const NEWLINE = 10;

/**
 * Earlier prompts in a file of JSON Lines, `{"text":…}` (0600), which several chats may share. It is
 * a convenience: a file that cannot be read or written is no history, and no error.
 */
export function createPromptHistory({ file }: { file: string }): HistoryStore {
  let lines = 0;
  let last: string | undefined;

  /** Appends or rewrites while no other chat does; without the lock when that takes too long. */
  async function locked(work: () => Promise<void>): Promise<void> {
    const patience = deadline(LOCK_PATIENCE_MS, 'Waiting for the history');
    let began = false;
    const once = () => {
      began = true;
      return work();
    };
    try {
      await withFileLock(file, once, patience.signal);
    } catch (error) {
      if (began || !patience.signal.aborted) throw error;
      await work();
    } finally {
      patience.clear();
    }
  }

  async function shorten(): Promise<void> {
    const kept = (await readEntries(file)).entries.slice(-HISTORY_ENTRIES);
    await writeFileAtomic(file, kept.map(encode).join(''));
    lines = kept.length;
  }

  return {
    async load() {
      try {
        const found = await readEntries(file);
        lines = found.lines;
        last = found.entries.at(-1);
        if (lines > HISTORY_ENTRIES * 2) await locked(shorten).catch(() => {});
        return found.entries.slice(-HISTORY_ENTRIES);
      } catch {
        return [];
      }
    },
    async append(text) {
      const entry = redact(text);
      if (entry.trim() === '' || entry === last || entry.length > MAX_ENTRY_CHARS) return;
      last = entry;
      lines += 1;
      const work = lines > HISTORY_ENTRIES * 2 ? addAndShorten : add;
      await locked(() => work(entry)).catch(() => {});
    },
  };

  async function add(entry: string): Promise<void> {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await withHandle(file, 'a+', async (handle) => {
      const torn = await endsWithin(handle);
      await handle.appendFile(`${torn ? '\n' : ''}${encode(entry)}`);
    });
  }

  async function addAndShorten(entry: string): Promise<void> {
    await add(entry);
    await shorten();
  }
}

function encode(text: string): string {
  return `${JSON.stringify({ text })}\n`;
}

/** Entries without repetitions of the one before, and how many lines there are. What is torn or foreign is left out. */
async function readEntries(file: string): Promise<{ entries: string[]; lines: number }> {
  const text = await withHandle(file, 'r', readEnd);
  const written = text.split('\n').filter((line) => line !== '');
  const entries: string[] = [];
  for (const line of written) {
    const entry = decode(line);
    if (entry !== undefined && entry !== entries.at(-1)) entries.push(entry);
  }
  return { entries, lines: written.length };
}

async function readEnd(handle: FileHandle): Promise<string> {
  const { size } = await handle.stat();
  const length = Math.min(size, MAX_READ_BYTES);
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, size - length);
  return buffer.toString('utf8', 0, bytesRead);
}

function decode(line: string): string | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) && typeof value['text'] === 'string' ? value['text'] : undefined;
  } catch {
    return undefined;
  }
}

async function endsWithin(handle: FileHandle): Promise<boolean> {
  const { size } = await handle.stat();
  if (size === 0) return false;
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] !== NEWLINE;
}

async function withHandle<T>(
  file: string,
  flags: string,
  work: (handle: FileHandle) => Promise<T>,
): Promise<T> {
  const handle = await open(file, flags, 0o600);
  try {
    return await work(handle);
  } finally {
    await handle.close();
  }
}
