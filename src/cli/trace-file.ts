import fs from 'node:fs';
import { OstlerError } from '../core/errors.js';
import { toJsonLine } from '../core/output-json.js';
import { toTerminalLine } from '../core/terminal-text.js';
import { traceWith, type TraceHeader, type TraceRecord } from '../core/trace.js';
import { createTracer } from '../core/tracer.js';
import { VERSION } from '../core/version.js';

/** Bytes of one file. */
export const MAX_TRACE_BYTES = 64 * 1024 * 1024;

/** How every trace begins; only a file that does is written over. */
export const TRACE_START = '{"ostler_trace":';

export interface TraceFile {
  /** Writes what is held back and ends tracing; gives back what a person should know. */
  close: () => string | undefined;
}

/**
 * Traces the process into a file: mode 0600, a new one or one of ours, never through a symbolic
 * link. Every record is written at once, so that no way of ending loses one; when the disk is full
 * tracing ends and the command goes on. Throws `usage` when the file cannot be used.
 */
export function openTraceFile(file: string, maxBytes = MAX_TRACE_BYTES): TraceFile {
  const descriptor = open(file);
  let warning: string | undefined;
  let size = 0;
  let ended = false;

  const write = (value: TraceHeader | TraceRecord) => {
    if (ended) return;
    let line = `${toJsonLine(value)}\n`;
    const bytes = Buffer.byteLength(line);
    if (size + bytes > maxBytes && 'id' in value) {
      ended = true;
      warning = `${shownName(file)} has reached ${maxBytes >> 20} MiB; what came later is not in it.`;
      line = `${toJsonLine({ t: value.t, id: value.id, type: 'limit', bytes: size } satisfies TraceRecord)}\n`;
    }
    size += bytes;
    try {
      writeAll(descriptor, line);
    } catch (error) {
      ended = true;
      warning = `${shownName(file)} could not be written any more (${codeOf(error)}); the trace ends there.`;
    }
  };

  write({ ostler_trace: 1, version: VERSION, time: new Date().toISOString() });
  const tracer = createTracer(write);
  traceWith(tracer);
  let closed = false;
  const close = () => {
    if (closed) return undefined;
    closed = true;
    process.off('exit', close);
    tracer.flush();
    traceWith(undefined);
    ended = true;
    fs.closeSync(descriptor);
    return warning;
  };
  process.once('exit', close);
  return { close };
}

function writeAll(descriptor: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) at += fs.writeSync(descriptor, bytes, at);
}

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDWR } = fs.constants;

function open(file: string): number {
  try {
    return fs.openSync(file, O_RDWR | O_APPEND | O_CREAT | O_EXCL, 0o600);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw cannotUse(file, reasonOf(codeOf(error)));
    return reopen(file);
  }
}

/** One that is there already. Looked at through its descriptor: nobody can exchange it meanwhile. */
function reopen(file: string): number {
  let descriptor: number | undefined;
  try {
    // A pipe without a reader would block, a link would lead to another file.
    descriptor = fs.openSync(file, O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK);
    const stat = fs.fstatSync(descriptor);
    if (!stat.isFile()) throw cannotUse(file, 'it is no regular file');
    if (stat.size > 0 && !beginsAsTrace(descriptor)) {
      throw cannotUse(file, 'it exists and is no trace, so it is not written over');
    }
    fs.fchmodSync(descriptor, 0o600);
    fs.ftruncateSync(descriptor);
    return descriptor;
  } catch (error) {
    if (descriptor !== undefined) fs.closeSync(descriptor);
    throw error instanceof OstlerError ? error : cannotUse(file, reasonOf(codeOf(error)));
  }
}

function beginsAsTrace(descriptor: number): boolean {
  const start = Buffer.alloc(TRACE_START.length);
  const read = fs.readSync(descriptor, start, 0, start.length, 0);
  return start.toString('latin1', 0, read) === TRACE_START;
}

function cannotUse(file: string, why: string): OstlerError {
  return new OstlerError('usage', `--trace: ${shownName(file)} cannot be used: ${why}.`, {
    hint: 'Name a new file, or an older trace: --trace wire.ndjson',
  });
}

function reasonOf(code: string): string {
  switch (code) {
    case 'ENOENT':
      return 'its folder does not exist';
    case 'ELOOP':
      return 'it is a symbolic link, which is not followed';
    case 'EISDIR':
      return 'it is a folder';
    case 'EACCES':
    case 'EPERM':
      return `it may not be written (${code})`;
    default:
      return `the system refuses (${code})`;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}

function shownName(file: string): string {
  return toTerminalLine(file);
}
