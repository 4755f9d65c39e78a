import { isUtf8 } from 'node:buffer';
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
      {
        hint: 'Give an image with --image FILE; convert other files to text first.',
      },
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
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const timer =
      patienceMs === undefined
        ? undefined
        : setTimeout(() => finish(() => resolve(undefined)), patienceMs);
    const onAbort = () => finish(() => reject(abortError(signal)));
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      stdin.off('data', onData).off('end', onEnd).off('error', onError);
      stdin.pause();
      stdin.unref?.();
      settle();
    };
    const onData = (chunk: Buffer) => {
      clearTimeout(timer);
      size += chunk.length;
      chunks.push(chunk);
      if (size > MAX_BYTES) {
        finish(() =>
          reject(new OstlerError('usage', `stdin is larger than ${MAX_BYTES / 1024 / 1024} MiB.`)),
        );
      }
    };
    const onEnd = () => finish(() => resolve(Buffer.concat(chunks)));
    // A closed stdin (`<&-`) is no input, not a failure.
    const onError = () => finish(() => resolve(Buffer.concat(chunks)));
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    stdin.on('data', onData).on('end', onEnd).on('error', onError);
  });
}
