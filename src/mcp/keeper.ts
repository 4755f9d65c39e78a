import type { ServerDefinition } from '../config/types.js';
import type { ServerLogLine } from '../core/chat.js';
import { now } from '../core/clock.js';
import { abortError, OstlerError } from '../core/errors.js';
import type { ServerState, ServerStatus } from '../core/events.js';
import { createAbort, deadline, delay } from '../core/wait.js';
import { createCoalescer, type Coalescer } from './coalesce.js';
import { ended, explained, gaveUp, refusedNow } from './pool-errors.js';
import type { PoolEvent, PoolOptions } from './pool-types.js';
import { createRetries, isFinal } from './retry-policy.js';
import { createServerLog } from './server-log.js';
import { startServer, toOwn } from './start.js';
import { toLiveStatus } from './status.js';
import { createTaskBook } from './tasks/task-book.js';
import { createSuccession } from './succession.js';
import { toolChanges } from './tool-changes.js';
import type { Connection, ServerNotice, ServerTool } from './types.js';
import { judge } from './verdict.js';

/** A server whose connection is in doubt is asked for a sign of life, not more often than this; milliseconds. */
const DOUBT_EVERY_MS = 5000;
/** For the sign of life; milliseconds. */
const SIGN_MS = 5000;

/** One server of a pool through all its lives. */
export interface Keeper {
  readonly definition: ServerDefinition;
  readonly connection: Connection | undefined;
  status: () => ServerStatus;
  logs: () => readonly ServerLogLine[];
  latency: (ms: number) => void;
  /** Dials it (again), as this definition; resolves when it is known what became of it. */
  start: (definition: ServerDefinition, signal: AbortSignal) => Promise<ServerStatus>;
  /** Ends what runs, at once, and resolves when it has ended. */
  stop: () => Promise<void>;
}

export function createKeeper(first: ServerDefinition, options: PoolOptions): Keeper {
  const { env, ports, eras, onEvent, wait = delay } = options;
  const { id: server } = first;
  const emit = (event: PoolEvent) => onEvent(event);
  const log = createServerLog((line) => emit({ type: 'log', server, ...line }));
  const retries = createRetries();
  const tasks = createTaskBook();
  /** Attempts and closings that still run. */
  const running = new Set<Promise<unknown>>();

  let definition = first;
  let state: ServerState = first.disabled ? 'disabled' : 'closed';
  let error: OstlerError | undefined;
  let latencyMs: number | undefined;
  /** Of the clock, when the last attempt began. */
  let dialedAt = 0;
  let connection: Connection | undefined;
  /** The same, as it was made. */
  let standing: Connection | undefined;
  let known: readonly ServerTool[] | undefined;
  /** One life: from a start, or a loss, to the next. Everything of an earlier one is void. */
  let life = createAbort();
  let doubt: Coalescer | undefined;
  let outcome: Promise<ServerStatus> | undefined;

  const status = () => toLiveStatus(definition, { state, connection, error, latencyMs });
  const track = <T>(work: Promise<T>): Promise<T> => {
    running.add(work);
    void work.catch(() => {}).finally(() => running.delete(work));
    return work;
  };
  const become = (next: ServerState, why?: OstlerError) => {
    state = next;
    error = why;
    if (next === 'failed' || next === 'closed' || next === 'disabled') {
      tasks.abandon();
      line.end(why ?? ended(server));
    }
    emit({ type: 'status', status: status() });
  };

  /** `gently`: answers that still come are waited for, until something newer begins. */
  const begin = (gently = false): AbortController => {
    const old = life;
    life = createAbort();
    connection = standing = undefined;
    latencyMs = undefined;
    doubt?.stop();
    old.abort(new OstlerError('interrupted', `${server}: given up for something newer.`));
    void track(line.leave(gently ? life.signal : undefined));
    log.flush();
    return life;
  };

  const attempt = async (mine: AbortController) => {
    dialedAt = now();
    const finish = startServer(definition, {
      env,
      ports,
      tasks,
      eras,
      onWarning: (message) => emit({ type: 'warning', server, message }),
      onStderr: (chunk) => mine === life && log.stderr(chunk),
    });
    // One turn of the event loop, so that every server is on its way before the SDK is loaded.
    await new Promise(setImmediate);
    const onTrouble = () => {
      if (mine === life && definition.transport !== 'stdio') doubt?.trigger();
    };
    try {
      const made = await finish({ signal: mine.signal, onTrouble });
      if (mine === life && !mine.signal.aborted) return adopt(made, mine);
      await made.close();
    } catch (failure) {
      if (mine === life) retries.failed(definition, toOwn(failure, server), now() - dialedAt);
      throw failure;
    }
    throw abortError(mine.signal);
  };

  const adopt = (made: Connection, mine: AbortController) => {
    connection = line.adopt(made);
    standing = made;
    doubt = createCoalescer(() => check(made, mine), { quietMs: 0, everyMs: DOUBT_EVERY_MS });
    made.onNotice((notice) => mine === life && onNotice(notice));
    made.onClose((reason) => {
      if (mine !== life) return;
      lost(reason instanceof OstlerError ? reason : ended(server));
    });
    const changes = known === undefined ? undefined : toolChanges(known, made.tools);
    known = made.tools;
    become('connected');
    if (changes !== undefined) emit({ type: 'tools', server, ...changes });
  };

  const onNotice = (notice: ServerNotice) => {
    if (notice.type === 'log') return log.push(notice);
    if (notice.type === 'resource-updated') return emit({ ...notice, server });
    if (notice.type !== 'tools') return emit({ type: notice.type, server });
    const changes = toolChanges(notice.before, connection?.tools ?? []);
    known = connection?.tools;
    if (changes === undefined) return;
    become('connected');
    emit({ type: 'tools', server, ...changes });
  };

  const line = createSuccession({
    onFailure(made, failure) {
      if (made === standing) onFailure(failure);
      const isGone = judge(failure, definition) === 'session-gone';
      const again = isGone && (state === 'reconnecting' || state === 'connected');
      return { error: explained(failure, definition), again };
    },
  });

  /** A request failed, which may say something about the connection. */
  const onFailure = (failure: OstlerError) => {
    switch (judge(failure, definition)) {
      case 'refused':
        begin();
        return become('failed', refusedNow(failure, definition));
      case 'session-gone':
        return lost(failure, true);
      case 'lost':
        return lost(failure);
      case 'doubtful':
        return doubt?.trigger();
      case 'fine':
        return undefined;
    }
  };

  const check = async (made: Connection, mine: AbortController) => {
    const limit = deadline(SIGN_MS, `${server}: ping`, mine.signal);
    try {
      latencyMs = await made.ping(limit.signal);
    } catch (failure) {
      if (mine === life) onSign(toOwn(failure, server));
    } finally {
      limit.clear();
    }
  };

  const onSign = (failure: OstlerError) => {
    const verdict = judge(failure, definition);
    if (verdict !== 'doubtful') onFailure(failure);
    // A session that is unknown after a restart is answered in many ways.
    else if (failure.status !== undefined) lost(failure, failure.status === 400);
  };

  const lost = (why: OstlerError, atOnce = false) => {
    retries.lost(definition, now() - dialedAt);
    const mine = begin(atOnce);
    void track(reconnect(mine, why, atOnce));
  };

  const reconnect = async (mine: AbortController, first: OstlerError, atOnce: boolean) => {
    let why = first;
    for (;;) {
      const end = retries.exhausted();
      if (end !== undefined) return become('failed', gaveUp(why, end, `/servers reload ${server}`));
      become('reconnecting', why);
      try {
        await wait(retries.next(atOnce), mine.signal);
        return await attempt(mine);
      } catch (failure) {
        if (mine !== life) return undefined;
        why = toOwn(failure, server);
        if (isFinal(why)) return become('failed', refusedNow(why, definition));
      }
    }
  };

  const startNow = async (signal: AbortSignal): Promise<ServerStatus> => {
    const mine = begin();
    const onAbort = () => mine.abort(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    become('connecting');
    try {
      await attempt(mine);
    } catch (failure) {
      if (mine !== life) return (await outcome) ?? status();
      become('failed', toOwn(failure, server));
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
    return status();
  };

  return {
    get definition() {
      return definition;
    },
    get connection() {
      return connection;
    },
    status,
    logs: log.lines,
    latency(ms) {
      if (connection !== undefined) latencyMs = ms;
    },
    start(next, signal) {
      definition = next;
      retries.reset();
      if (next.disabled) {
        outcome = undefined;
        tasks.abandon();
        begin();
        become('disabled');
        return Promise.resolve(status());
      }
      outcome = track(startNow(signal));
      return outcome;
    },
    async stop() {
      outcome = undefined;
      tasks.abandon();
      begin();
      become('closed');
      await Promise.allSettled(running);
    },
  };
}
