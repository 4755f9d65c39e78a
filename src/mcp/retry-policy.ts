import type { ServerDefinition } from '../config/types.js';
import type { OstlerError } from '../core/errors.js';

const FIRST_MS = 1000;
const LONGEST_MS = 30_000;
/** Attempts to make a lost connection again. */
const MAX_TRIES = 8;
/** A connection that held this long was a good one: the count of tries starts anew. */
const STABLE_MS = 30_000;
/** A child that ends sooner after its start than this has died early. */
const EARLY_MS = 5000;
/** Early deaths in a row after which a child is given up. */
const MAX_EARLY = 3;

/** Failures that another attempt does not mend; whoever changes the cause reloads. */
const FINAL = new Set<OstlerError['code']>([
  'auth_required',
  'auth_rejected',
  'forbidden',
  'tls_error',
  'cross_origin_redirect',
  'internal',
]);

/** Counts the attempts for one server. */
export interface Retries {
  /** Milliseconds to wait before the next attempt, which is counted; none before a first one `atOnce`. */
  next: (atOnce?: boolean) => number;
  /** Why there is no further attempt, or undefined when there is one. */
  exhausted: () => string | undefined;
  /** A connection was lost this long after it was dialled. */
  lost: (server: ServerDefinition, livedMs: number) => void;
  /** An attempt failed this long after it was dialled. */
  failed: (server: ServerDefinition, error: OstlerError, livedMs: number) => void;
  reset: () => void;
}

export function createRetries(random: () => number = Math.random, maxTries = MAX_TRIES): Retries {
  let tries = 0;
  let early = 0;
  const died = ({ transport }: ServerDefinition, livedMs: number) => {
    early = transport === 'stdio' && livedMs < EARLY_MS ? early + 1 : 0;
  };
  return {
    next(atOnce = false) {
      const ms = atOnce && tries === 0 ? 0 : waitBefore(tries, random);
      tries += 1;
      return ms;
    },
    exhausted() {
      if (early >= MAX_EARLY) return `it ended within ${EARLY_MS / 1000} s ${early} times in a row`;
      return tries >= maxTries ? `${tries} attempts failed` : undefined;
    },
    lost(server, livedMs) {
      if (livedMs >= STABLE_MS) tries = 0;
      died(server, livedMs);
    },
    failed(server, error, livedMs) {
      if (error.code === 'server_failed') died(server, livedMs);
    },
    reset() {
      tries = 0;
      early = 0;
    },
  };
}

/** Milliseconds before the attempt that follows `tries` others: 1, 2, 4 … 30 s, each less up to a fifth of it. */
export function waitBefore(tries: number, random: () => number): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** tries);
  return Math.round(full * (1 - random() / 5));
}

export function isFinal(error: OstlerError): boolean {
  return FINAL.has(error.code);
}

/** True when the server wants other credentials than it gets, or any. */
export function isAuth({ code }: OstlerError): boolean {
  return code === 'auth_required' || code === 'auth_rejected';
}
