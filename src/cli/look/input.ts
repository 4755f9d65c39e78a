import { isUtf8 } from 'node:buffer';
import { constants, openSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { reasonOf } from '../../config/file-reason.js';
import { expandHome } from '../../config/home.js';
import { abortError, OstlerError } from '../../core/errors.js';
import { isRecord, type JsonObject } from '../../core/json.js';
import { toTerminalLine } from '../../core/terminal-text.js';
import type { GivenArgument, GivenArguments } from '../../app/workbench/arguments.js';
import { parseWord, type ArgumentWord } from '../../app/workbench/words.js';
import type { Run } from './run.js';

/** Bytes of a file, or of stdin, that becomes an argument. */
const MAX_BYTES = 16 * 1024 * 1024;

/** What was typed for the arguments of a call, before any file is read. */
export interface TypedArguments {
  words: readonly ArgumentWord[];
  /** `--args`: JSON, `@file` or `-`. */
  args: string | undefined;
}

/** Throws `usage` for words that are no arguments, and when stdin would have to be read twice. */
export function parseArguments(words: readonly string[], args: string | undefined): TypedArguments {
  const typed = { words: words.map(parseWord), args };
  if (stdinReaders(typed) > 1) {
    throw new OstlerError('usage', 'stdin can be read once only.');
  }
  return typed;
}

/** True when stdin has to be waited for. */
export function readsStdin(typed: TypedArguments): boolean {
  return stdinReaders(typed) > 0;
}

function stdinReaders({ words, args }: TypedArguments): number {
  const files = words.filter(({ fromFile, text }) => fromFile && text === '-').length;
  return files + (args === '-' || args === '@-' ? 1 : 0);
}

/** Reads what the arguments name. Throws `usage`. */
export async function readArguments(
  { words, args }: TypedArguments,
  run: Run,
): Promise<GivenArguments> {
  const base = args === undefined ? {} : toObject(await readArgs(args, run));
  const read: GivenArgument[] = [];
  for (const { key, kind, text, fromFile } of words) {
    read.push({ key, kind, text: fromFile ? await readText(text, run) : text });
  }
  return { base, words: read };
}

function readArgs(args: string, run: Run): Promise<string> {
  if (args === '-') return readText('-', run);
  return args.startsWith('@') ? readText(args.slice(1), run) : Promise.resolve(args);
}

function toObject(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value as JsonObject;
  } catch (error) {
    const why = error instanceof Error ? toTerminalLine(error.message) : '';
    throw new OstlerError('usage', `--args is no JSON: ${why}`, {
      hint: '--args takes JSON, @file or - (stdin).',
    });
  }
  throw new OstlerError('usage', '--args is no JSON object.', { hint: `Like --args '{"a": 1}'.` });
}

async function readText(name: string, { io, signal }: Run): Promise<string> {
  if (name === '-') {
    const { readPipedInput } = await import('../stdin.js');
    if (io.stdin.isTTY) {
      throw new OstlerError('usage', 'stdin is a terminal: pipe something into it.');
    }
    return (await readPipedInput(io.stdin, { signal })).text;
  }
  const file = expandHome(name, { dir: io.cwd, env: io.env });
  const shown = toTerminalLine(name);
  const bytes = await readBytes(file, shown, signal);
  if (isUtf8(bytes)) return bytes.toString('utf8').replace(/^\uFEFF/, '');
  throw new OstlerError('usage', `${shown} is no UTF-8 text.`, {
    hint: 'Arguments are JSON; turn other files into text first, e.g. base64.',
  });
}

async function readBytes(file: string, shown: string, signal: AbortSignal): Promise<Buffer> {
  try {
    if ((await stat(file)).isFIFO()) return await readPipe(file, shown, signal);
    const handle = await open(file, 'r');
    try {
      const found = await handle.stat();
      // A device may have no end.
      if (found.isCharacterDevice() || found.isBlockDevice()) throw tooLarge(shown, 'is a device');
      return await collect(handle.createReadStream({ autoClose: false }), shown);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (signal.aborted) throw abortError(signal);
    if (error instanceof OstlerError) throw error;
    throw new OstlerError('usage', `${shown} cannot be read: ${reasonOf(error)}.`, {
      cause: error,
      hint: 'A text that begins with @ is written with two: name=@@text.',
    });
  }
}

/** `<(command)` or a named pipe: its writer may never come, and a thread that waits for it cannot be ended. */
async function readPipe(file: string, shown: string, signal: AbortSignal): Promise<Buffer> {
  const { Socket } = await import('node:net');
  const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  const pipe = new Socket({ fd, readable: true, writable: false, signal });
  try {
    return await collect(pipe, shown);
  } finally {
    pipe.destroy();
  }
}

async function collect(stream: AsyncIterable<Buffer>, shown: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_BYTES) throw tooLarge(shown, `is larger than ${MAX_BYTES / 2 ** 20} MiB`);
  }
  return Buffer.concat(chunks);
}

function tooLarge(shown: string, why: string): OstlerError {
  return new OstlerError('usage', `${shown} ${why}.`);
}
