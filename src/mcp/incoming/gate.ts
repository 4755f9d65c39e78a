import { now as clockNow } from '../../core/clock.js';
import { createDeferred } from '../../core/deferred.js';
import { withSignal } from '../../core/wait.js';
import type { HostPorts } from '../ports.js';
import { Refusal, TOO_MANY } from './refusal.js';
import type { RunningCall } from './types.js';

export type Kind = 'elicitation' | 'sampling' | 'roots';

/** Questions of one server in a minute. */
const PER_MINUTE: Readonly<Record<Kind, number>> = { elicitation: 20, sampling: 10, roots: 60 };
/** Questions of one call. */
const PER_CALL = 10;
/** Questions that wait while one is answered. */
const MAX_WAITING = 10;
const WINDOW_MS = 60_000;

export interface Gate {
  /**
   * Lets one question at a time through, and of too many none: those reject with a `Refusal`. Roots
   * wait for nobody. `calls` are the running ones of which one asks.
   */
  pass: <T>(kind: Kind, calls: readonly RunningCall[], work: Work<T>) => Promise<T>;
}

export interface Work<T> {
  signal: AbortSignal;
  run: () => Promise<T>;
}

export interface GateOptions {
  /** Told once, and again after a question was let through. */
  onFlood: (why: string) => void;
  now?: () => number;
}

export function createGate({ onFlood, now = clockNow }: GateOptions): Gate {
  const times: Record<Kind, number[]> = { elicitation: [], sampling: [], roots: [] };
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  let told = false;

  const admit = (kind: Kind, calls: readonly RunningCall[]) => {
    const since = now() - WINDOW_MS;
    const recent = times[kind].filter((time) => time > since);
    times[kind] = recent;
    // Which of several calls asks cannot be known in the old revisions: the one that asked least.
    const [call] = calls.toSorted((a, b) => a.questions - b.questions);
    const why =
      call !== undefined && call.questions >= PER_CALL
        ? `more than ${PER_CALL} in one call`
        : recent.length >= PER_MINUTE[kind]
          ? `more than ${PER_MINUTE[kind]} in a minute`
          : waiting >= MAX_WAITING && kind !== 'roots'
            ? `more than ${MAX_WAITING} at once`
            : undefined;
    if (why !== undefined) {
      if (!told) onFlood(`${kind} is refused, ${why}`);
      told = true;
      throw new Refusal(TOO_MANY, `Too many requests: ${why}`);
    }
    told = false;
    recent.push(now());
    if (call !== undefined) call.questions += 1;
  };

  return {
    async pass(kind, calls, { signal, run }) {
      admit(kind, calls);
      if (kind === 'roots') return run();
      const before = last;
      const done = createDeferred<void>();
      last = Promise.all([before, done.promise]);
      waiting += 1;
      try {
        await withSignal(before, signal);
        return await run();
      } finally {
        waiting -= 1;
        done.resolve();
      }
    },
  };
}

const gates = new WeakMap<HostPorts, Map<string, Gate>>();

/** The gate of a server in this run: a connection that is made again does not begin to count anew. */
export function gateOf(ports: HostPorts, server: string, options: GateOptions): Gate {
  const known = gates.get(ports) ?? new Map<string, Gate>();
  gates.set(ports, known);
  const gate = known.get(server) ?? createGate(options);
  known.set(server, gate);
  return gate;
}
