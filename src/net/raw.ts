import { now } from '../core/clock.js';
import { abortError } from '../core/errors.js';
import { openRaw } from './raw-open.js';
import type { RawAnswer, RawOptions, RawRequest, RawStream } from './raw-types.js';

export { openRaw };
export type { RawAnswer, RawOptions, RawRequest, RawStream };

const DEFAULT_MS = 10_000;
const DEFAULT_BYTES = 64 * 1024;

/**
 * One exchange to its end, or as far as `maxBytes`, `until` and `timeoutMs` let it go; then the
 * connection is cut. What a server does never rejects: no answer is status 0 with a `problem`.
 * Rejects with the reason of the signal only.
 */
export async function sendRaw(request: RawRequest, options: RawOptions): Promise<RawAnswer> {
  const started = now();
  return finishRaw(await openRaw(request, options), options, started);
}

/** The rest of an opened answer, read to its end or its limits; `started` is of `now()`. */
export async function finishRaw(
  stream: RawStream,
  options: RawOptions,
  started: number = now(),
): Promise<RawAnswer> {
  const { status, statusText, headers, headersMs } = stream;
  const read = await readBody(stream, options, started);
  if (options.signal.aborted) throw abortError(options.signal);
  const { problem = stream.problem, code = stream.code } = read;
  return {
    status,
    statusText,
    headers,
    body: read.body,
    cut: read.cut,
    ...(problem === undefined ? {} : { problem }),
    ...(code === undefined ? {} : { code }),
    headersMs: Math.round(headersMs),
    ms: Math.round(now() - started),
  };
}

/** The beginning of a body. `problem` when it took too long, which an event stream may. */
async function readBody(stream: RawStream, options: RawOptions, started: number) {
  const { timeoutMs = DEFAULT_MS, maxBytes = DEFAULT_BYTES, until } = options;
  const kept: Uint8Array[] = [];
  let size = 0;
  let late = false;
  let cut = false;
  const timer = setTimeout(
    () => {
      late = true;
      stream.close();
    },
    Math.max(0, timeoutMs - (now() - started)),
  );
  try {
    for await (const chunk of stream.chunks()) {
      const piece = chunk.subarray(0, maxBytes - size);
      kept.push(piece);
      size += piece.length;
      cut = piece.length < chunk.length || until?.(chunk) === true;
      if (cut) break;
    }
  } finally {
    clearTimeout(timer);
    stream.close();
  }
  const body = Buffer.concat(kept);
  if (!late) return { body, cut };
  if (isEventStream(stream.headers)) return { body, cut: true };
  const problem = `The answer did not end within ${timeoutMs / 1000} s.`;
  return { body, cut: true, problem, code: 'timeout' as const };
}

export function isEventStream(headers: RawAnswer['headers']): boolean {
  return headers.some(
    ([name, value]) =>
      name.toLowerCase() === 'content-type' && /^\s*text\/event-stream\s*(?:;|$)/i.test(value),
  );
}
