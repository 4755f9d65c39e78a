import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { OstlerError } from '../core/errors.js';
import { toTerminalLine } from '../core/terminal-text.js';
import type { TraceHeader, TraceRecord } from '../core/trace.js';
import { parseTraceHeader, parseTraceLine } from '../core/trace-parse.js';

/** Bytes of one line; ours have at most a quarter of it. */
const MAX_LINE_BYTES = 8 * 1024 * 1024;
const NEWLINE = 0x0a;

export interface TraceReading {
  header: TraceHeader;
  records: AsyncGenerator<TraceRecord, void>;
  /** Lines that were no record, when all has been read. A torn last line is none of them. */
  skipped: () => number;
}

/** Reads a trace as it is needed, however long it is. Throws `usage` for what is no trace. */
export async function readTrace(file: string, signal: AbortSignal): Promise<TraceReading> {
  const info = await stat(file).catch((error: unknown) => {
    throw notATrace(file, `it cannot be read (${codeOf(error)})`);
  });
  if (!info.isFile()) throw notATrace(file, 'it is no regular file');
  const lines = readLines(file, signal);
  const first = await lines.next();
  const header =
    first.done === true || !first.value.whole ? undefined : parseTraceHeader(first.value.text);
  if (header === undefined) throw notATrace(file, 'it does not begin as one');
  let skipped = 0;
  const records = async function* () {
    for await (const { text, whole } of lines) {
      const record = whole ? parseTraceLine(text) : undefined;
      if (record !== undefined) yield record;
      else if (whole && text.trim() !== '') skipped += 1;
    }
  };
  return { header, records: records(), skipped: () => skipped };
}

interface Line {
  text: string;
  /** False for a torn last line. */
  whole: boolean;
}

async function* readLines(file: string, signal: AbortSignal): AsyncGenerator<Line, void> {
  const chunks: AsyncIterable<Buffer> = createReadStream(file, { signal });
  let held: Buffer[] = [];
  let size = 0;
  const take = (rest: Buffer): string => {
    const tooLong = size + rest.length > MAX_LINE_BYTES;
    const line = tooLong ? '(too long)' : Buffer.concat([...held, rest]).toString('utf8');
    held = [];
    size = 0;
    return line;
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      yield { text: take(chunk.subarray(from, end)), whole: true };
      from = end + 1;
    }
    const rest = chunk.subarray(from);
    size += rest.length;
    if (size <= MAX_LINE_BYTES) held.push(rest);
    else held = [];
  }
  if (size > 0) yield { text: '', whole: false };
}

function notATrace(file: string, why: string): OstlerError {
  return new OstlerError('usage', `${toTerminalLine(file)} is no trace: ${why}.`, {
    hint: 'A trace is written by --trace: ostler tools <server> --trace wire.ndjson',
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
