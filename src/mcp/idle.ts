import { now } from '../core/clock.js';
import { abortError, OstlerError } from '../core/errors.js';
import { createAbort, deadline, delay } from '../core/wait.js';
import type { Link } from './link.js';

/** A server far away that sends no byte for this long is asked for a sign of life; milliseconds. */
const SILENT_MS = 60_000;
/** For the sign; milliseconds. */
const SIGN_MS = 30_000;

/** Milliseconds. */
export interface Silence {
  silentMs: number;
  signMs: number;
}

export interface IdleWatch {
  /** Call it in `finally`. */
  stop: () => void;
}

/**
 * Watches over a request that runs: its connection may be gone without a word (a half-open TCP
 * connection, a proxy that holds everything back). Any byte is life, comments included. A server
 * that also answers no `ping`, or what stands for it, is given up. A child process tells by its end.
 */
export function watchIdle(
  link: Link,
  onDead: (error: OstlerError) => void,
  { silentMs = SILENT_MS, signMs = SIGN_MS }: Partial<Silence> = {},
): IdleWatch {
  const { heardAt } = link.transport;
  const end = createAbort();
  if (heardAt === undefined) return { stop: () => {} };
  const watch = async () => {
    for (let since = now(); ;) {
      await delay(Math.max(0, Math.max(since, heardAt()) + silentMs - now()), end.signal);
      if (now() - Math.max(since, heardAt()) < silentMs) continue;
      const askedAt = now();
      await ping(link, signMs, end.signal);
      since = now();
      if (heardAt() < askedAt) return onDead(dead(link, silentMs + signMs));
    }
  };
  // It ends with the request.
  watch().catch(() => {});
  return { stop: () => end.abort(new OstlerError('interrupted', 'The request is over.')) };
}

/** Asks for a sign of life; whatever comes is one, and shows in `heardAt`. */
async function ping({ client, ask }: Link, ms: number, signal: AbortSignal): Promise<void> {
  const limit = deadline(ms, 'ping', signal);
  try {
    const method = client.getProtocolEra() === 'modern' ? 'server/discover' : 'ping';
    await ask(method, {}, { signal: limit.signal, timeout: ms });
  } catch {
    if (signal.aborted) throw abortError(signal);
  } finally {
    limit.clear();
  }
}

function dead({ server }: Link, ms: number): OstlerError {
  const message = `no byte and no answer to a ping for ${Math.round(ms / 1000)} s`;
  return new OstlerError('server_unreachable', message, { server: server.id });
}
