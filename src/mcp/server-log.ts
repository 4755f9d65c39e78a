import type { ServerLogLine } from '../core/chat.js';
import { createLogLimit, READ_CHARS, type LogLine } from './log-limit.js';

/** Lines that are kept. */
const KEPT = 200;
const NEWLINE = 0x0a;

/** What a server has said beside its answers, the newest last. */
export interface ServerLog {
  /** A message of the server, limited already. */
  push: (line: LogLine) => void;
  /** A piece of its stderr. */
  stderr: (chunk: Buffer) => void;
  /** Tells what is unfinished: a line without its end, the count of what was left out. */
  flush: () => void;
  lines: () => readonly ServerLogLine[];
}

/** Keeps the last 200 lines and passes every one on. */
export function createServerLog(emit: (line: LogLine) => void): ServerLog {
  const kept: ServerLogLine[] = [];
  const push = ({ level, text }: LogLine) => {
    kept.push({ timestamp: new Date().toISOString(), level, text });
    if (kept.length > KEPT) kept.shift();
    emit({ level, text });
  };
  let limit = createLogLimit(push);
  const cutter = createLineCutter((text) => limit.push({ level: 'stderr', text }));
  return {
    push,
    stderr: cutter.push,
    flush() {
      cutter.flush();
      limit.stop();
      limit = createLogLimit(push);
    },
    lines: () => [...kept],
  };
}

/** Cuts bytes into lines that are not empty; of a line that is too long the beginning is kept. */
function createLineCutter(onLine: (line: string) => void) {
  let held: Buffer[] = [];
  let size = 0;
  const flush = () => {
    const line = Buffer.concat(held).toString('utf8').trimEnd();
    held = [];
    size = 0;
    if (line !== '') onLine(line);
  };
  const push = (chunk: Buffer) => {
    let from = 0;
    while (from < chunk.length) {
      const end = chunk.indexOf(NEWLINE, from);
      const until = end === -1 ? chunk.length : end;
      const piece = chunk.subarray(from, Math.min(until, from + READ_CHARS - size));
      // Copied, so that a short line does not hold a long chunk.
      if (piece.length > 0) held.push(Buffer.from(piece));
      size += piece.length;
      if (end === -1) return;
      flush();
      from = end + 1;
    }
  };
  return { push, flush };
}
