import { openSession } from '../app/open.js';
import { failedRun } from '../app/failed-run.js';
import type { LoadedSession } from '../app/sessions/types.js';
import { loadSettings } from '../config/load.js';
import type { Settings } from '../config/types.js';
import { abortError, EXIT_CODES, OstlerError, toErrorInfo } from '../core/errors.js';
import type { AgentEvent, ResultEvent } from '../core/events.js';
import type { Session } from '../core/session.js';
import { toTerminalLine } from '../core/terminal-text.js';
import { deadline, withSignal } from '../core/wait.js';
import { createSink } from '../render/sink.js';
import type { Renderer, RenderOptions } from '../render/types.js';
import { wantsColor } from '../render/style.js';
import type { ChatOptions, OutputFormat } from './chat-options.js';
import { reportFailure } from './failure.js';
import { readImages } from './images.js';
import type { Io } from './io.js';
import { createLifetime, type Lifetime } from './lifetime.js';
import { markdownOptions } from './markdown-options.js';
import { openStored, withModelOf } from './one-shot-session.js';
import { personAtTerminal } from './terminal-person.js';
import { isStdinNull, readPipedInput, type PipedInput } from './stdin.js';

export type { ChatOptions } from './chat-options.js';

/** How long a pipe may stay silent when there is a prompt already. */
const STDIN_PATIENCE_MS = 3000;

/** One prompt: answer on stdout, everything else on stderr. Returns the exit code. */
export async function runOneShot(options: ChatOptions, io: Io): Promise<number> {
  const lifetime = createLifetime();
  const stdout = createSink(io.stdout, {
    onClose: (failure) =>
      lifetime.end(failure ?? new OstlerError('interrupted', 'The reader of stdout is gone.')),
  });
  const stderr = createSink(io.stderr);
  const render: RenderOptions = {
    stdout,
    stderr,
    level: options.quiet ? 'quiet' : options.verbose ? 'verbose' : 'normal',
    color: wantsColor(options.color, stderr.isTerminal, io.env),
    ...(await markdownOptions(options, io)),
  };
  try {
    const renderer = await loadRenderer(options.outputFormat);
    const result = await renderer(answer(options, io, lifetime), render);
    // Whoever read it has seen enough (`| head`), or the disk is full.
    if (stdout.closed) return result.error?.code === 'output_failed' ? EXIT_CODES.output_failed : 0;
    await stdout.flush();
    if (result.error !== null && options.outputFormat !== 'text') {
      reportFailure(toError(result.error), io, { json: true, debug: false });
    }
    await stderr.flush();
    return result.error === null ? 0 : EXIT_CODES[result.error.code];
  } finally {
    lifetime.release();
  }
}

function toError({ code, message, ...details }: NonNullable<ResultEvent['error']>): OstlerError {
  return new OstlerError(code, message, details);
}

async function loadRenderer(format: OutputFormat): Promise<Renderer> {
  switch (format) {
    case 'json':
      return (await import('../render/json.js')).renderJson;
    case 'stream-json':
      return (await import('../render/stream-json.js')).renderStreamJson;
    case 'text':
      return (await import('../render/text.js')).renderText;
  }
}

/** The whole run as events. What fails before there is a session is a short stream of the same shape. */
async function* answer(
  options: ChatOptions,
  io: Io,
  lifetime: Lifetime,
): AsyncGenerator<AgentEvent, void> {
  let session: Session | undefined;
  let stored: LoadedSession | undefined;
  let settings: Settings | undefined;
  let limit: ReturnType<typeof deadline> | undefined;
  try {
    const noInput = isStdinNull();
    if (options.prompt === '' && (noInput || io.stdin.isTTY)) throw emptyPrompt();
    // Read while the servers start; a pipe may be slow.
    const input = readInput(options, noInput ? undefined : io.stdin, {
      cwd: io.cwd,
      signal: lifetime.signal,
    });
    input.catch(() => {});
    stored = await openStored(options, io);
    settings = await loadSettings({
      flags: withModelOf(stored, options.flags, io.env),
      env: io.env,
      cwd: io.cwd,
      signal: lifetime.signal,
    });
    if (!options.tools) settings = { ...settings, servers: [] };
    limit = deadline(settings.timeoutMs ?? Infinity, 'The run', lifetime.signal);
    const { signal } = limit;
    const person = personAtTerminal(io);
    session = await openSession(settings, {
      env: io.env,
      signal,
      ...(person === undefined ? {} : { person }),
      ...(stored === undefined ? {} : { resume: stored }),
    });
    const { text, images, notice } = await withSignal(input, signal);
    if (notice !== undefined && !options.quiet) io.stderr.write(`! ${notice}\n`);
    if (signal.aborted) throw abortError(signal);
    const { abort } = session;
    signal.addEventListener('abort', () => abort(abortError(signal)), { once: true });
    yield* session.send(text, images);
  } catch (error) {
    yield* failedRun(error, settings);
  } finally {
    limit?.clear();
    await session?.close();
    await stored?.file.close().catch((error: unknown) => {
      io.stderr.write(`! ${toTerminalLine(toErrorInfo(error).message)}\n`);
    });
  }
}

async function readInput(
  options: ChatOptions,
  stdin: Io['stdin'] | undefined,
  { cwd, signal }: { cwd: string; signal: AbortSignal },
) {
  const patience = options.prompt === '' ? {} : { patienceMs: STDIN_PATIENCE_MS };
  const nothing: PipedInput = { text: '' };
  const [piped, images] = await Promise.all([
    stdin === undefined ? nothing : readPipedInput(stdin, { signal, ...patience }),
    readImages(options.images, cwd),
  ]);
  const parts = [options.prompt, piped.text.trimEnd()].filter((part) => part.trim() !== '');
  if (parts.length === 0) throw emptyPrompt();
  return { text: parts.join('\n\n'), images, notice: piped.notice };
}

function emptyPrompt(): OstlerError {
  return new OstlerError('usage', 'There is no prompt.', {
    hint: 'Give one (ostler "What is 2 + 3?"), pipe one in, or look around with: ostler demo',
  });
}
