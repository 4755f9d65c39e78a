import { setImmediate as nextTurn } from 'node:timers/promises';
import { listen } from '../check/listen/listen.js';
import { abortError, OstlerError } from '../core/errors.js';
import { isDecoded, isNews, type ListenEvent } from '../core/listen-events.js';
import { toJsonLine } from '../core/output-json.js';
import { createRedactStream, redactValue } from '../core/redact.js';
import { toTerminalLine } from '../core/terminal-text.js';
import { deadline } from '../core/wait.js';
import { createListenText } from '../render/listen/text.js';
import { createSink } from '../render/sink.js';
import { createPaint, wantsColor, type ColorChoice } from '../render/style.js';
import { listFlag, numberFlag, textFlag, type Flags } from './commands/command.js';
import type { Io } from './io.js';
import { createLifetime, type Lifetime } from './lifetime.js';
import { commandTimeoutMs, findServer, type TargetWords } from './server-target.js';

/**
 * `ostler listen`: what a server says by itself, until Ctrl+C. Resolves with the exit code: 0 after
 * `--count` events, after `--timeout` when no count was asked for, and when the server ends the
 * stream for good.
 */
export async function runListen(target: TargetWords, flags: Flags, io: Io): Promise<number> {
  const lifetime = createLifetime();
  const limit = deadline(commandTimeoutMs(flags, io.env) ?? Infinity, 'Listening', lifetime.signal);
  let stood = false;
  let show: Show | undefined;
  try {
    const count = toCount(flags);
    const handshake = flags['handshake'] !== false;
    const { env, cwd } = io;
    const { server, warnings } = await findServer(target, flags, {
      env,
      cwd,
      signal: limit.signal,
    });
    show = createShow(flags, io, lifetime);
    for (const warning of warnings) show.warn(warning);
    const events = listen(server, {
      signal: limit.signal,
      env,
      handshake,
      raw: flags['raw'] === true,
      subscribe: listFlag(flags['subscribe']),
      logLevel: textFlag(flags['logLevel']),
    });
    let heard = 0;
    try {
      for await (const event of events) {
        stood ||= event.type === 'listening';
        await show.event(event);
        if (isNews(event, handshake)) heard += 1;
        if (heard >= count) break;
      }
    } finally {
      await show.end();
    }
    return 0;
  } catch (error) {
    // Whoever closes the pipe has heard enough (`| head`).
    if (show?.isUnheard() === true) return 0;
    // The usual way to end it is no failure to tell of, but its exit code stays.
    if (stood && lifetime.signal.aborted) return abortError(lifetime.signal).exitCode;
    // Its own limit, and it did listen: then it has done what it was told.
    if (stood && limit.signal.aborted && flags['count'] === undefined) return 0;
    throw error;
  } finally {
    limit.clear();
    lifetime.release();
  }
}

function toCount(flags: Flags): number {
  const raw = flags['count'];
  if (raw === undefined) return Infinity;
  const count = numberFlag(raw, '--count');
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new OstlerError('usage', `--count must be a whole number from 1 on (got ${count}).`);
}

interface Show {
  warn: (message: string) => void;
  event: (event: ListenEvent) => Promise<void>;
  end: () => Promise<void>;
  /** The reader of stdout has left. */
  isUnheard: () => boolean;
}

function createShow(flags: Flags, { stdout, stderr, env }: Io, lifetime: Lifetime): Show {
  let unheard = false;
  const out = createSink(stdout, {
    onClose(failure) {
      unheard = failure === undefined;
      lifetime.end(failure ?? new OstlerError('interrupted', 'The reader of stdout is gone.'));
    },
  });
  const status = createSink(stderr);
  const color = (stream: Io['stdout']) =>
    createPaint(
      wantsColor((textFlag(flags['color']) ?? 'auto') as ColorChoice, stream.isTTY === true, env),
    );
  const quiet = flags['quiet'] === true;
  const json = flags['json'] === true;
  const raw = flags['raw'] === true;
  const describe = createListenText({
    paint: color(stdout),
    paintStatus: color(stderr),
    isTerminal: out.isTerminal,
    verbose: flags['verbose'] === true,
  });
  const rawText = createRedactStream();
  let last = 0;
  return {
    isUnheard: () => unheard,
    warn(message) {
      if (!quiet) void status.write(`${color(stderr)('yellow', '!')} ${toTerminalLine(message)}\n`);
    },
    async event(event) {
      const told = event.type === 'raw' ? { ...event, text: rawText.push(event.text) } : event;
      const text = describe(told);
      if (!quiet && text.status !== undefined) await status.write(text.status);
      if (raw && isDecoded(event)) return;
      await out.write(json ? `${toJsonLine(redactValue(told))}\n` : (text.out ?? ''));
      // A flood must leave time for Ctrl+C and the clock.
      if ((last += 1) % 256 === 0) await nextTurn();
    },
    async end() {
      if (raw && !json) await out.write(rawText.flush());
      await out.flush();
    },
  };
}
