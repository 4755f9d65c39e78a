import { CommanderError } from 'commander';
import { OstlerError } from '../core/errors.js';
import { createSink } from '../render/sink.js';
import { reportFailure } from './failure.js';
import type { Io } from './io.js';
import { COMMAND_NAMES, createProgram } from './program.js';
import { splitCommand } from './split-command.js';
import type { TraceFile } from './trace-file.js';

/** Runs one command line and returns the exit code; nothing it does throws. */
export async function main(argv: readonly string[]): Promise<number> {
  const { args, command } = splitCommand(argv);
  const io = processIo();
  // From here on a reader that leaves is no crash, whoever writes.
  const stdout = createSink(io.stdout);
  const stderr = createSink(io.stderr);
  const debug = args.includes('--debug');
  const json = args.includes('--json');
  let exitCode = 0;
  let trace: TraceFile | undefined;
  process.on('unhandledRejection', (error) => {
    process.exit(reportFailure(error, io, { json, debug }));
  });
  try {
    const program = createProgram(io, {
      done: (code) => {
        exitCode = code;
      },
      commands: args,
      serverCommand: command,
      startTrace: async (file) => {
        trace = (await import('./trace-file.js')).openTraceFile(file);
      },
    });
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    // Commander has printed its own message already.
    if (error instanceof CommanderError)
      exitCode = error.exitCode === 0 ? 0 : new OstlerError('usage', '').exitCode;
    else exitCode = reportFailure(error, io, { json, debug });
  }
  const untold = trace?.close();
  if (untold !== undefined) io.stderr.write(`! ${untold}\n`);
  try {
    await stdout.flush();
  } catch (error) {
    if (exitCode === 0) exitCode = reportFailure(error, io, { json, debug });
  }
  await stderr.flush().catch(() => {});
  return exitCode;
}

/** The process's own. Streams are opened when they are first used: /dev/null as stdin never is. */
function processIo(): Io {
  return {
    get stdin() {
      return process.stdin;
    },
    get stdout() {
      return process.stdout;
    },
    get stderr() {
      return process.stderr;
    },
    env: process.env,
    get cwd() {
      try {
        return process.cwd();
      } catch {
        throw new OstlerError('usage', 'The current directory does not exist any more.');
      }
    },
  };
}

/** For the libraries' own files (scripts/build.ts): one `Response` in the whole process. */
export { Headers, Response } from '../net/web.js';
export { COMMAND_NAMES, createProgram };
