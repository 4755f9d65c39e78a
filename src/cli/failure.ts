import { EXIT_CODES, toErrorInfo, type ErrorInfo } from '../core/errors.js';
import { toJsonLine } from '../core/output-json.js';
import { redact } from '../core/redact.js';
import { errorLines } from '../render/notices.js';
import { createPaint, wantsColor } from '../render/style.js';
import type { Io } from './io.js';

export interface FailureOptions {
  json: boolean;
  debug: boolean;
}

/** Tells a failure on stderr, as text or as one line of JSON, and returns its exit code. */
export function reportFailure(error: unknown, io: Io, { json, debug }: FailureOptions): number {
  const info = describe(error);
  if (json) io.stderr.write(`${toJsonLine({ error: info })}\n`);
  else {
    const paint = createPaint(wantsColor('auto', io.stderr.isTTY === true, io.env));
    io.stderr.write(`${errorLines(info, paint).join('\n')}\n`);
  }
  if (debug && error instanceof Error) io.stderr.write(`${redact(stackOf(error))}\n`);
  return EXIT_CODES[info.code];
}

function describe(error: unknown): ErrorInfo {
  const info = toErrorInfo(error);
  if (info.code !== 'internal') return info;
  return {
    code: 'internal',
    message: `A bug in ostler: ${info.message}`,
    hint: 'Please report it, with the output of the same command and --debug.',
  };
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\nCaused by: ${stackOf(error.cause)}` : '';
  return `${error.stack ?? error.message}${cause}`;
}
