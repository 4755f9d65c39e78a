import { inspectServer } from '../check/reach/inspect.js';
import { configFailure } from '../check/reach/config-step.js';
import { EXIT_CODES, OstlerError, type ErrorInfo } from '../core/errors.js';
import { toJsonLine } from '../core/output-json.js';
import { redactValue } from '../core/redact.js';
import type { InspectEvent } from '../core/rungs.js';
import type { Sink } from '../render/sink.js';
import { createSink } from '../render/sink.js';
import { wantsColor, type ColorChoice } from '../render/style.js';
import type { InspectView } from '../render/inspect/types.js';
import type { Flags } from './commands/command.js';
import type { Io } from './io.js';
import { runCommand } from './look/run.js';
import { findServer, type TargetWords } from './server-target.js';

export interface InspectInput {
  target: TargetWords;
  flags: Flags;
  io: Io;
}

/** `ostler inspect`: the ladder of one server. The exit code is that of the step that failed. */
export function runInspect({ target, flags, io }: InspectInput): Promise<number> {
  return runCommand({ flags, io }, async ({ signal, stdout, json }) => {
    const events = open(target, { flags, io, signal });
    const stderr = createSink(io.stderr);
    if (json) {
      const { renderInspectJson } = await import('../render/inspect/json.js');
      const { error } = await renderInspectJson(events, stdout);
      return finish(error, stderr, true);
    }
    const { renderInspect } = await import('../render/inspect/text.js');
    const { error } = await renderInspect(events, viewOf({ flags, io, stdout, stderr }));
    return finish(error, stderr, false);
  });
}

/** The server's ladder; a configuration that cannot be read is its first step, failed. */
async function* open(
  target: TargetWords,
  { flags, io: { env, cwd }, signal }: { flags: Flags; io: Io; signal: AbortSignal },
): AsyncGenerator<InspectEvent, void> {
  try {
    const place = { env, cwd, signal, positions: true };
    const { server, warnings } = await findServer(target, flags, place);
    yield* inspectServer(server, { env, signal, warnings });
  } catch (error) {
    if (!(error instanceof OstlerError) || error.code !== 'config_invalid') throw error;
    yield* configFailure(typeof target === 'string' ? target : (target[0] ?? ''), error);
  }
}

export function viewOf({
  flags,
  io,
  stdout,
  stderr,
}: {
  flags: Flags;
  io: Io;
  stdout: Sink;
  stderr: Sink;
}): InspectView {
  const { env } = io;
  const choice = (flags['color'] ?? 'auto') as ColorChoice;
  const plain = env['TERM'] === 'dumb' || (env['CI'] ?? '') !== '';
  return {
    stdout,
    stderr,
    color: wantsColor(choice, io.stdout.isTTY === true, env),
    columns: columnsOf(io),
    live: io.stderr.isTTY === true && !plain,
  };
}

/** Some terminals tell no size, or 0. */
function columnsOf({ stdout }: Io): number | undefined {
  const { isTTY, columns = 0 } = stdout;
  return isTTY === true && columns >= 20 ? columns : undefined;
}

/** The exit code; with `--json` the failure is one line on stderr as well. */
export async function finish(
  error: ErrorInfo | null,
  stderr: Sink,
  json: boolean,
): Promise<number> {
  if (error === null) return 0;
  if (json) await stderr.write(`${toJsonLine({ error: redactValue(error) })}\n`);
  return EXIT_CODES[error.code];
}
