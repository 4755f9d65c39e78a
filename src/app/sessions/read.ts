import { open, type FileHandle } from 'node:fs/promises';
import { constants } from 'node:fs';
import { errnoOf, reasonOf } from '../../config/file-reason.js';
import type { SessionSummary } from '../../core/chat.js';
import { OstlerError } from '../../core/errors.js';
import type { ChatMessage } from '../../core/messages.js';
import { toTerminalLine } from '../../core/terminal-text.js';
import { readHead, readLine, type HeadLine, type ReadLine } from './lines.js';
import { initialState, nextState, toSummary, type SessionState } from './state.js';

/** Beyond it a file is hardly a conversation, and as one text too large for the engine. */
const MAX_BYTES = 256 * 1024 * 1024;
const NEWLINE = 10;

export interface SessionContent {
  head: HeadLine;
  state: SessionState;
  messages: ChatMessage[];
}

/** All of a session file. Throws `usage` when it cannot be read or is none. */
export async function readSession(file: string): Promise<SessionContent> {
  const shown = toTerminalLine(file);
  const bytes = await withFile(file, async (handle, size) => {
    if (size > MAX_BYTES) {
      throw new OstlerError('usage', `${shown} is larger than ${MAX_BYTES / 1024 / 1024} MiB.`);
    }
    return handle.readFile();
  });
  const [first = '', ...rest] = splitLines(bytes);
  const head = readHead(first, shown);
  let state = initialState(head);
  let messages: ChatMessage[] = [];
  for (const [index, text] of rest.entries()) {
    const line = readLine(text, () => `${shown}:${index + 2}`);
    if (line === undefined) continue;
    state = nextState(state, line);
    if (line.type === 'message') messages.push(line.message);
    if (line.type === 'replace') messages = [...messages.slice(0, line.keep), ...line.messages];
  }
  return { head, state, messages };
}

/** A file up to this size is read as a whole for a list; of a larger one as much of its end. */
const LIST_BYTES = 16 * 1024;

/** How often a file of `SummaryLine`s has to have one, bytes: the end that a list reads then holds one. */
export const SUMMARY_EVERY_BYTES = LIST_BYTES / 2;

/** What a list tells of a session, from its beginning and its end. Throws as `readSession` does. */
export async function readSummary(file: string): Promise<SessionSummary> {
  const quick = await withFile(file, async (handle, size) => {
    const start = await readAt(handle, 0, Math.min(size, LIST_BYTES));
    const [first = ''] = splitLines(start);
    const head = readHead(first, toTerminalLine(file));
    if (size <= LIST_BYTES) return { head, state: foldAll(head, start, file) };
    const end = await readAt(handle, size - LIST_BYTES, LIST_BYTES);
    return { head, state: foldFromSummary(head, end, file) };
  });
  if (quick.state !== undefined) return toSummary(quick.head, quick.state);
  const { head, state } = await readSession(file);
  return toSummary(head, state);
}

function foldAll(head: HeadLine, bytes: Buffer, file: string): SessionState {
  return splitLines(bytes)
    .slice(1)
    .map((text) => readLine(text, () => toTerminalLine(file)))
    .filter((line) => line !== undefined)
    .reduce(nextState, initialState(head));
}

/** From the last summary on; undefined when there is none, because a line at the end was torn. */
function foldFromSummary(head: HeadLine, end: Buffer, file: string): SessionState | undefined {
  const later: ReadLine[] = [];
  const texts = splitLines(end).slice(1);
  for (let at = texts.length - 1; at >= 0; at -= 1) {
    const line = readLine(texts[at] ?? '', () => toTerminalLine(file));
    if (line === undefined) continue;
    later.unshift(line);
    if (line.type === 'summary') return later.reduce(nextState, initialState(head));
  }
  return undefined;
}

/** The last byte is in a line that was not ended. */
export async function endsTorn(handle: FileHandle): Promise<boolean> {
  const { size } = await handle.stat();
  if (size === 0) return false;
  const last = await readAt(handle, size - 1, 1);
  return last[0] !== NEWLINE;
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(buffer, done, length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return buffer.subarray(0, done);
}

function splitLines(bytes: Buffer): string[] {
  const lines: string[] = [];
  let from = 0;
  while (from < bytes.length) {
    const found = bytes.indexOf(NEWLINE, from);
    const to = found === -1 ? bytes.length : found;
    lines.push(bytes.toString('utf8', from, to));
    from = to + 1;
  }
  return lines;
}

async function withFile<T>(
  file: string,
  read: (handle: FileHandle, size: number) => Promise<T>,
): Promise<T> {
  const handle = await openToRead(file);
  try {
    const info = await handle.stat();
    if (!info.isFile())
      throw new OstlerError('usage', `${toTerminalLine(file)} is no regular file.`);
    return await read(handle, info.size);
  } catch (error) {
    throw error instanceof OstlerError ? error : unreadable(file, error);
  } finally {
    await handle.close();
  }
}

async function openToRead(file: string): Promise<FileHandle> {
  try {
    // A named pipe would hold us until somebody writes to it.
    return await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: string, error: unknown): OstlerError {
  const code = errnoOf(error);
  const hint =
    code === 'ENOENT'
      ? 'See what there is: ostler sessions list --all'
      : code === 'EACCES'
        ? 'A session file is private; its owner can read it (chmod 600).'
        : undefined;
  return new OstlerError(
    'usage',
    `The session ${toTerminalLine(file)} cannot be read: ${reasonOf(error)}.`,
    { hint, cause: error },
  );
}
