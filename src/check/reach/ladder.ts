import { now } from '../../core/clock.js';
import { abortError, OstlerError, toErrorInfo, type ErrorInfo } from '../../core/errors.js';
import type { JsonValue } from '../../core/json.js';
import type { InspectEvent, Rung, RungName } from '../../core/rungs.js';
import { linkAbort } from '../../core/linked-abort.js';
import { createFeed } from './feed.js';

/** What a step found. */
export interface Found {
  text: string;
  details?: readonly string[];
  ms?: number;
  hint?: string | undefined;
  data?: { [key: string]: JsonValue };
}

/** The steps of one subject while they are climbed. Each is told once, in the order of the ladder. */
export interface Ladder {
  readonly signal: AbortSignal;
  /** The step that is under way. */
  readonly current: RungName | undefined;
  start: (name: RungName) => void;
  ok: (name: RungName, found: Found) => void;
  warn: (name: RungName, found: Found) => void;
  skip: (name: RungName, text: string) => void;
  isTold: (name: RungName) => boolean;
  /** Ends the climb: the step failed with this error. Further lines about it in `found`. */
  fail: (name: RungName, error: OstlerError, found?: Partial<Found>) => never;
  emit: (event: InspectEvent) => void;
}

export interface Climb {
  server: string;
  /** All steps, from the bottom. */
  names: readonly RungName[];
  signal: AbortSignal;
  work: (ladder: Ladder) => Promise<void>;
  /** After the steps, whatever became of them: closes what is open, tells the rest. */
  after?: (ladder: Ladder) => Promise<void>;
}

/** Ends a climb whose failing step has been told. */
class Fallen extends Error {
  readonly error: OstlerError;
  constructor(error: OstlerError) {
    super(error.message);
    this.error = error;
  }
}

/**
 * The climb as a stream: every step as it is found, the rest skipped after a failure, `inspect_end`
 * last. An `OstlerError` fails the step that is under way; anything else is a bug and is thrown.
 */
export async function* climb({
  server,
  names,
  signal,
  work,
  after,
}: Climb): AsyncGenerator<InspectEvent, void> {
  const startedAt = now();
  const feed = createFeed<InspectEvent>();
  const own = linkAbort(signal);
  const ladder = createLadder({ server, signal: own.signal, emit: feed.push });
  const go = async () => {
    try {
      const error = await run(ladder, names, work);
      await after?.(ladder);
      const ms = Math.round(now() - startedAt);
      feed.push({ type: 'inspect_end', server, ok: error === null, ms, error });
    } finally {
      feed.end();
    }
  };
  const climbed = go();
  // A bug is thrown below, when what came before it has been read.
  climbed.catch(() => {});
  try {
    yield* feed.items();
    await climbed;
  } finally {
    own.abort(new OstlerError('interrupted', 'Nobody reads on.'));
    await climbed.catch(() => {});
    own.release();
  }
}

async function run(
  ladder: Ladder,
  names: readonly RungName[],
  work: Climb['work'],
): Promise<ErrorInfo | null> {
  try {
    await work(ladder);
    return null;
  } catch (error) {
    const own = ownError(error, ladder);
    for (const name of names) if (!ladder.isTold(name)) ladder.skip(name, 'not reached');
    return toErrorInfo(own);
  }
}

/** The error that ended the climb, told as the failure of its step. */
function ownError(error: unknown, ladder: Ladder): OstlerError {
  if (error instanceof Fallen) return error.error;
  if (!(error instanceof OstlerError) && !ladder.signal.aborted) throw error;
  const own = ladder.signal.aborted ? abortError(ladder.signal) : (error as OstlerError);
  if (ladder.current === undefined) return own;
  try {
    return ladder.fail(ladder.current, own);
  } catch (fallen) {
    return fallen instanceof Fallen ? fallen.error : own;
  }
}

function createLadder({
  server,
  signal,
  emit,
}: Pick<Ladder, 'signal' | 'emit'> & { server: string }): Ladder {
  const told = new Set<RungName>();
  let current: RungName | undefined;
  const tell = (name: RungName, status: Rung['status'], found: Found) => {
    if (told.has(name)) return;
    told.add(name);
    if (current === name) current = undefined;
    const { text, details = [], ms, hint, data } = found;
    emit({
      type: 'rung',
      server,
      name,
      status,
      text,
      details,
      ...(ms === undefined ? {} : { ms: Math.round(ms * 10) / 10 }),
      ...(hint === undefined ? {} : { hint }),
      ...(data === undefined ? {} : { data }),
    });
  };
  return {
    signal,
    get current() {
      return current;
    },
    start(name) {
      if (told.has(name) || current === name) return;
      current = name;
      emit({ type: 'rung_start', server, name });
    },
    ok: (name, found) => tell(name, 'ok', found),
    warn: (name, found) => tell(name, 'warning', found),
    skip: (name, text) => tell(name, 'skipped', { text }),
    isTold: (name) => told.has(name),
    fail(name, error, found = {}) {
      const { message, hint } = toErrorInfo(error);
      const [first = '', ...more] = message.split('\n');
      tell(name, 'failed', {
        ...found,
        text: found.text ?? first,
        details: [...more.map((line) => line.trim()), ...(found.details ?? [])],
        hint: found.hint ?? hint ?? hintOf(error),
      });
      throw new Fallen(error);
    },
    emit,
  };
}

/** Every failure says what to type next. */
function hintOf({ code }: OstlerError): string {
  switch (code) {
    case 'interrupted':
    case 'terminated':
      return 'Run the same command again.';
    case 'timeout':
      return 'Give it more time: --timeout 2m';
    case 'server_unreachable':
      return 'Is the server up, and are its host and port right?';
    default:
      return "The server's own log may tell more; --trace FILE shows what was sent.";
  }
}
