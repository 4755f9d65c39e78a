import { withSignal } from '../../core/wait.js';

/** Long enough for what the terminal holds to arrive, too short to be noticed. */
const QUIET_MS = 40;
/** Somebody leans on a key. */
const MOST_MS = 1000;

/**
 * Reads and drops what was typed before a question stood there, so that no key answers what nobody
 * has seen. Resolves to true when Ctrl+C was among it.
 */
export async function discardTypeAhead(
  stdin: NodeJS.ReadStream,
  signal: AbortSignal,
): Promise<boolean> {
  let interrupted = false;
  let quiet: NodeJS.Timeout | undefined;
  let most: NodeJS.Timeout | undefined;
  let onData: (chunk: Buffer | string) => void = () => {};
  const settled = new Promise<void>((resolve) => {
    const wait = () => {
      clearTimeout(quiet);
      quiet = setTimeout(resolve, QUIET_MS);
    };
    onData = (chunk) => {
      if (chunk.includes('\u0003')) interrupted = true;
      wait();
    };
    wait();
    most = setTimeout(resolve, MOST_MS);
  });
  // Raw, because a terminal in line mode keeps half a line to itself.
  stdin.setRawMode?.(true);
  stdin.on('data', onData);
  stdin.resume();
  try {
    await withSignal(settled, signal);
    return interrupted;
  } finally {
    clearTimeout(quiet);
    clearTimeout(most);
    stdin.off('data', onData);
    stdin.pause();
    stdin.setRawMode?.(false);
  }
}
