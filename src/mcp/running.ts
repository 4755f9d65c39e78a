import { abortError } from '../core/errors.js';
import { createCallClock, type CallClock } from './call-clock.js';
import { withServer } from './http-errors.js';
import { isInputRequired, type Round } from './incoming/input-required.js';
import type { RunningCall } from './incoming/types.js';
import { watchIdle } from './idle.js';
import type { Link } from './link.js';

export interface Running {
  /** What runs, as it may be shown. */
  what: string;
  signal: AbortSignal;
  /** Signs of life renew its time, up to this many times its length. */
  renewals: number;
  /** Sends the request; again with the answers when the server asked for something first. */
  send: (round: Round, run: Run) => Promise<unknown>;
}

export interface Run {
  clock: CallClock;
  call: RunningCall;
}

/**
 * A request in whose middle its server may ask something, in either era, within the server's call
 * limit: that clock stands still while somebody answers.
 */
export async function runRequest(
  link: Link,
  { what, signal, renewals, send }: Running,
): Promise<unknown> {
  const { server, client, incoming } = link;
  if (signal.aborted) throw abortError(signal);
  const clock = createCallClock({
    ms: server.callTimeoutMs,
    renewals,
    server: server.id,
    what,
    parent: signal,
  });
  const idle = watchIdle(link, clock.fail);
  const { call, end } = incoming.begin(clock.hold);
  const run = { clock, call };
  try {
    const first = await send({}, run);
    if (!isInputRequired(first) || client.getProtocolEra() !== 'modern') return first;
    const { completeRounds } = await import('./incoming/rounds.js');
    return await completeRounds(first, {
      server: server.id,
      what,
      incoming,
      call,
      signal: clock.signal,
      send: (round) => send(round, run),
    });
  } catch (error) {
    if (clock.signal.aborted) throw withServer(abortError(clock.signal), server.id);
    throw error;
  } finally {
    idle.stop();
    end();
    clock.clear();
  }
}
