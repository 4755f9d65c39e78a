import type { ServerDefinition } from '../config/types.js';
import { now } from '../core/clock.js';
import { abortError, OstlerError } from '../core/errors.js';
import { createAbort, deadline, delay, withSignal } from '../core/wait.js';
import { ended, explained, gaveUp } from './pool-errors.js';
import { assertSameTool, createDrain, mayResend } from './resend.js';
import { createRetries, isFinal } from './retry-policy.js';
import { toOwn } from './start.js';
import type { Connection, ServerNotice } from './types.js';
import { judge } from './verdict.js';
import { facade, type Via } from './watched.js';

export interface RevivingOptions {
  server: ServerDefinition;
  /** Makes the connection once more, from the start. */
  reopen: (signal: AbortSignal) => Promise<Connection>;
  /** There will be no other connection. */
  onEnd?: () => void;
  /** The pauses between attempts; by the clock unless given. */
  wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Attempts to make a lost connection again, in a run that somebody waits for. */
const MAX_TRIES = 3;
/** For answers that still come on a session that is given up; milliseconds. */
const DRAIN_MS = 5000;

/**
 * A connection that outlives its session, its stream or its process: what is lost is made again at
 * the next use, with growing pauses and a few times only. A request that was not looked at is sent
 * once more; a tool call that may have acted is not, and a tool that has changed is not called.
 */
export function reviving(first: Connection, options: RevivingOptions): Connection {
  const { server, reopen, onEnd, wait = delay } = options;
  const retries = createRetries(Math.random, MAX_TRIES);
  const end = createAbort();
  const notices = new Set<(notice: ServerNotice) => void>();
  const ends = new Set<(error: Error | undefined) => void>();
  const leaving = new Set<Promise<void>>();
  let drain = createDrain();
  let current: Connection | undefined;
  let latest = first;
  let why: OstlerError | undefined;
  let atOnce = false;
  let dialedAt = now();
  let opening: Promise<Connection> | undefined;

  const adopt = (made: Connection) => {
    current = latest = made;
    drain = createDrain();
    for (const listener of notices) made.onNotice(listener);
    made.onClose((reason) => lose(made, reason instanceof OstlerError ? reason : undefined));
  };
  const lose = (made: Connection, reason: OstlerError | undefined, soon = false) => {
    if (made !== current) return;
    current = undefined;
    [why, atOnce] = [reason, soon];
    retries.lost(server, now() - dialedAt);
    const left = retire(made, drain.empty).finally(() => leaving.delete(left));
    leaving.add(left);
  };
  const retire = async (made: Connection, empty: (signal: AbortSignal) => Promise<void>) => {
    const limit = deadline(DRAIN_MS, 'Ending the session', end.signal);
    await empty(limit.signal);
    limit.clear();
    await made.close();
  };

  const open = async (): Promise<Connection> => {
    for (;;) {
      const exhausted = retries.exhausted();
      if (exhausted !== undefined) {
        const hint = 'Look at the server, and start again.';
        throw gaveUp(why ?? ended(server.id), exhausted, hint);
      }
      await wait(retries.next(atOnce), end.signal);
      try {
        dialedAt = now();
        const made = await reopen(end.signal);
        if (end.signal.aborted) await made.close();
        else adopt(made);
        return made;
      } catch (error) {
        if (end.signal.aborted) throw abortError(end.signal);
        why = toOwn(error, server.id);
        retries.failed(server, why, now() - dialedAt);
        if (isFinal(why)) throw why;
      }
    }
  };
  const standing = async (signal: AbortSignal): Promise<Connection> => {
    if (current !== undefined) return current;
    if (end.signal.aborted) throw abortError(end.signal);
    opening ??= open().finally(() => (opening = undefined));
    return withSignal(opening, signal);
  };

  const via: Via = async (use, request) => {
    for (let resent = false; ; resent = true) {
      const made = await standing(request.signal);
      if (made !== first && request.tool !== undefined) assertSameTool(first, made, request.tool);
      try {
        return await drain.run(() => use(made));
      } catch (error) {
        if (!(error instanceof OstlerError)) throw error;
        const verdict = judge(error, server);
        if (verdict === 'session-gone' || verdict === 'lost') {
          lose(made, error, verdict === 'session-gone');
        }
        if (resent || !mayResend(error, request)) {
          throw verdict === 'session-gone' ? explained(error, server) : error;
        }
      }
    }
  };

  adopt(first);
  return facade(
    {
      id: first.id,
      get info() {
        return latest.info;
      },
      get tools() {
        return latest.tools;
      },
      onNotice(listener) {
        notices.add(listener);
        current?.onNotice(listener);
      },
      onClose(listener) {
        if (end.signal.aborted) queueMicrotask(() => listener(undefined));
        else ends.add(listener);
      },
      async close() {
        if (end.signal.aborted) return;
        const left = current;
        current = undefined;
        end.abort(new OstlerError('interrupted', `${server.id} was closed.`));
        onEnd?.();
        await Promise.all([left?.close(), ...leaving]);
        for (const listener of ends) listener(undefined);
      },
    },
    via,
  );
}
