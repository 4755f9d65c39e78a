import { errorIn, refusalOf } from './failures.js';
import type { Link } from './link.js';
import { ProtocolError } from './sdk.js';
import { SessionGone } from './session-gone.js';

/** Codes under which servers say it: of the SDKs, of their examples, of gateways before them. */
const CODES = new Set([-32_000, -32_001, -32_002, -32_600]);
/** What they speak of then, and what they say of it. */
const OF_SESSION = /session|transport|initiali[sz]ed/i;
const IS_GONE =
  /not found|no (valid|transport|session)|invalid|unknown|expired|missing|required|not exist|terminated|ended|closed|not initiali[sz]ed/i;
/** Characters; what is longer is about something else. */
const MAX_WORDS = 300;

/**
 * Tells the refusals that mean a dead session (2025-11-25/basic/transports#session-management) in
 * the revisions that have sessions: 404, and the look-alikes of servers that answer otherwise.
 */
export function sessionGone(error: unknown, { server, client }: Link): SessionGone | undefined {
  if (server.transport === 'stdio' || client.getProtocolEra() === 'modern') return undefined;
  if (error instanceof ProtocolError) {
    if (!CODES.has(error.code) || !saysSo(error.message)) return undefined;
    return new SessionGone(server.id, `error ${error.code}`, { cause: error, unprocessed: false });
  }
  const refusal = refusalOf(error);
  if (refusal === undefined) return undefined;
  const { status, excerpt } = refusal;
  const words = errorIn(excerpt)?.message ?? excerpt;
  if (status !== 404 && !(status === 400 && saysSo(words))) return undefined;
  return new SessionGone(server.id, `HTTP ${status}`, { status, cause: error, unprocessed: true });
}

function saysSo(words: string): boolean {
  return words.length <= MAX_WORDS && OF_SESSION.test(words) && IS_GONE.test(words);
}
