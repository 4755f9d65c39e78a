import { isUtf8 } from 'node:buffer';
import { fstatSync, statSync } from 'node:fs';
import { devNull } from 'node:os';
import { abortError, OstlerError } from '../core/errors.js';

export interface PipedInput {
  /** What was piped in, decoded; empty when there is no pipe. */
  text: string;
  /** Set when a silent pipe was given up on. */
  notice?: string;
}

export interface PipedInputOptions {
  /** A prompt was given: a pipe that says nothing for this long is left alone. Milliseconds. */
  patienceMs?: number;
  signal: AbortSignal;
}

/** True when stdin is the null device, as under cron: there is nothing to read, and no stream need be opened. */
export function isStdinNull(): boolean {
  try {
    return fstatSync(0).rdev === statSync(devNull).rdev && fstatSync(0).isCharacterDevice();
  } catch {
    return false;
  }
}

const MAX_BYTES = 16 * 1024 * 1024;

/** All of a piped stdin. Binary or oversized input is a usage error. */
export async function readPipedInput(
  stdin: NodeJS.ReadStream,
  { patienceMs, signal }: PipedInputOptions,
): Promise<PipedInput> {
  if (stdin.isTTY) return { text: '' };
  const bytes = await collect(stdin, patienceMs, signal);
  if (bytes === undefined) {
    const seconds = (patienceMs ?? 0) / 1000;
    return {
      text: '',
      notice: `stdin is open but said nothing for ${seconds} s; going on without it.`,
    };
  }
  if (!isUtf8(bytes) || bytes.includes(0)) {
    throw new OstlerError(
      'usage',
      'stdin is not text (it has bytes that are not UTF-8, or zero bytes).',
      { hint: 'Give an image with --image FILE; convert other files to text first.' },
    );
  }
  return { text: bytes.toString('utf8').replace(/^\ufeff/, '') };
}

/** The bytes up to the end, or undefined when not even a first one came in time. */
function collect(
  stdin: NodeJS.ReadStream,
  patienceMs: number | undefined,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(abortError(signal));
    // A stream that is over already says so to nobody.
    if (stdin.readableEnded || stdin.destroyed) return resolve(Buffer.alloc(0));
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      stdin.off('data', onData).off('end', onEnd).off('close', onEnd).off('error', onError);
      // What becomes of it now is nobody's concern, but an error without a listener would be.
      stdin.on('error', () => {});
      stdin.pause();
      stdin.unref?.();
      settle();
    };
    const onAbort = () => finish(() => reject(abortError(signal)));
    const onData = (chunk: Buffer) => {
      clearTimeout(timer);
      size += chunk.length;
      chunks.push(chunk);
      if (size > MAX_BYTES) finish(() => reject(tooLarge()));
    };
    const onEnd = () => finish(() => resolve(Buffer.concat(chunks)));
    const onError = (error: NodeJS.ErrnoException) =>
      finish(() => (isClosed(error, size) ? resolve(Buffer.alloc(0)) : reject(unreadable(error))));
    const timer =
      patienceMs === undefined
        ? undefined
        : setTimeout(() => finish(() => resolve(undefined)), patienceMs);
    signal.addEventListener('abort', onAbort, { once: true });
    stdin.on('data', onData).on('end', onEnd).on('close', onEnd).on('error', onError);
  });
}

/** A stdin that was closed before we started (`<&-`) is no input, not a failure. */
function isClosed({ code }: NodeJS.ErrnoException, size: number): boolean {
  return (
    size === 0 && (code === 'EBADF' || code === 'EAGAIN' || code === 'ENXIO' || code === 'EIO')
  );
}

/** Half an input must not pass for all of it. */
function unreadable({ code }: NodeJS.ErrnoException): OstlerError {
  const reason = code === 'EISDIR' ? 'it is a directory' : (code ?? 'unknown error');
  return new OstlerError('usage', `stdin cannot be read: ${reason}.`);
}

function tooLarge(): OstlerError {
  return new OstlerError('usage', `stdin is larger than ${MAX_BYTES / 1024 / 1024} MiB.`);
}
