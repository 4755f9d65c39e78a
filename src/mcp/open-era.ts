import type { ServerDefinition } from '../config/types.js';
import { firstEra, type Era } from './attempts.js';
import type { Dialed } from './dial.js';
import type { RememberedEra } from './era-cache.js';
import { isInDoubt, offeredInstead, probeFailed, toServerError, wantsModern } from './failures.js';
import { openLink, type Link } from './link.js';
import type { ServerTool } from './types.js';

/** A link, with its tools when they had to be listed to know that it works. */
export interface OpenedEra {
  link: Link;
  tools?: ServerTool[];
  /** Keeps what this connect has shown; call it when the tools are listed. */
  learn: () => void;
}

export type ListTools = (link: Link) => Promise<ServerTool[]>;

/**
 * By the revision the configuration asks for. With `auto` by what is known of the server; what is
 * not known is asked, and what turns out wrong is asked once more and corrected.
 */
export async function openEra(
  dialed: Dialed,
  signal: AbortSignal,
  list: ListTools,
): Promise<OpenedEra> {
  const { server } = dialed;
  const remembered = server.protocol === 'auto' ? await dialed.remembered : undefined;
  const era = firstEra(server, remembered?.known);
  const memory = memoryOf(dialed, remembered);
  try {
    const link = await openLink(dialed, era, signal);
    if (typeof era === 'string' || 'offer' in era) return { link, learn: memory.of(link, era) };
    // Opening by what is known sends nothing: the first list shows whether it still holds.
    return { link, tools: await list(link), learn: memory.of(link, era) };
  } catch (error) {
    if (signal.aborted) {
      if (remembered !== undefined) memory.forget();
      throw error;
    }
    const next = nextEra(dialed, { era, error, known: remembered !== undefined });
    if (next === undefined) throw toServerError(error, server);
    if (remembered !== undefined) memory.forget();
    return retry(dialed, { next, first: era, signal });
  }
}

interface Retry {
  next: Era;
  /** What was tried before. */
  first: Era;
  signal: AbortSignal;
}

async function retry(dialed: Dialed, { next, first, signal }: Retry): Promise<OpenedEra> {
  const { server } = dialed;
  try {
    const link = await openLink(dialed.again(), next, signal);
    // A server that broke on the question has not answered it; a child that died of it has.
    const isSure = first !== 'probe' || next !== 'legacy' || server.transport === 'stdio';
    return { link, learn: isSure ? memoryOf(dialed, undefined).of(link, next) : () => {} };
  } catch (error) {
    throw toServerError(error, server);
  }
}

interface Failed {
  era: Era;
  error: unknown;
  /** The era came from an earlier run. */
  known: boolean;
}

/** What to try after a failure with `auto`, or undefined when the failure stands. */
function nextEra({ server, transport }: Dialed, { era, error, known }: Failed): Era | undefined {
  if (server.protocol !== 'auto') return undefined;
  if (known) return isWrong(era, error, server) ? 'probe' : undefined;
  if (era === 'probe' && probeFailed(error)) return 'legacy';
  const isChild = server.transport === 'stdio';
  // The child ended: perhaps of a question it did not know.
  if (era === 'probe' && typeof transport?.pid === 'number' && transport.failure() !== undefined) {
    return 'legacy';
  }
  // A child that took too long to answer is asked for its handshake, which it may refuse then.
  return offeredInstead(error) ?? (isChild && wantsModern(error) ? 'modern' : undefined);
}

/** A server that was upgraded, or downgraded, since its era was learned. */
function isWrong(era: Era, error: unknown, server: ServerDefinition): boolean {
  if (era === 'legacy') return wantsModern(error) || offeredInstead(error) !== undefined;
  return !isInDoubt(error, server);
}

function memoryOf({ server, options }: Dialed, remembered: RememberedEra | undefined) {
  const { eras } = options;
  const usable = server.protocol === 'auto' && server.transport !== 'sse' ? eras : undefined;
  return {
    forget: () => usable?.remember(server, undefined),
    of:
      ({ client }: Link, era: Era) =>
      () => {
        if (usable === undefined) return;
        if (client.getProtocolEra() !== 'modern') {
          if (remembered?.known.era !== 'legacy') usable.remember(server, { era: 'legacy' });
        } else if (typeof era === 'string') {
          usable.remember(server, { era: 'modern', discover: { ...client.getDiscoverResult() } });
        } else if (remembered?.stale === true) {
          const keep = (discover: object) =>
            usable.remember(server, { era: 'modern', discover: { ...discover } });
          // Beside the work; a server that cannot say it now is asked another time.
          client.discover().then(keep, () => {});
        }
      },
  };
}
