import { CommanderError } from 'commander';
import { OstlerError } from '../core/errors.js';
import { reportFailure } from './failure.js';
import type { Io } from './io.js';
import { createProgram } from './program.js';

/** Runs one command line and returns the exit code; nothing it does throws. */
export async function main(args: readonly string[]): Promise<number> {
  const io: Io = {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
  };
  const debug = args.includes('--debug');
  const json = args.includes('--json');
  let exitCode = 0;
  process.on('unhandledRejection', (error) => {
    process.exit(reportFailure(error, io, { json, debug }));
  });
  try {
    const program = createProgram(io, (code) => {
      exitCode = code;
    });
    await program.exitOverride().parseAsync(args, { from: 'user' });
  } catch (error) {
    // Commander has printed its own message already.
    if (error instanceof CommanderError)
      exitCode = error.exitCode === 0 ? 0 : new OstlerError('usage', '').exitCode;
    else exitCode = reportFailure(error, io, { json, debug });
  }
  await Promise.all([drained(process.stdout), drained(process.stderr)]);
  return exitCode;
}

/** Resolves when everything written has left, or cannot leave any more. */
function drained(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.destroyed || stream.writableLength === 0) return Promise.resolve();
  return new Promise((resolve) => {
    stream.once('error', () => resolve());
    stream.write('', () => resolve());
  });
}

/** For the libraries' own files (scripts/build.ts): one `Response` in the whole process. */
export { Headers, Response } from '../net/web.js';
export { createProgram };
