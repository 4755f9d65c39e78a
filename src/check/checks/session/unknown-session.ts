import type { Asked, Audit, ProbeSession } from '../../audit/types.js';
import { isServed, type Judged, told, unjudgeable } from '../judged.js';
import { seenBy } from '../without-credentials.js';

/** A session as a request claims it, and what to call that. */
export interface Claim {
  /** `POST without a session id`. */
  what: string;
  /** Undefined where the transport has no way to say so. */
  session: ProbeSession | undefined;
}

/**
 * Asks for the tools in sessions that are nobody's, while the victim's stream is watched. Right: a 4xx and nothing
 * on the stream. All are sent before the stream is waited for.
 */
export async function postToUnknown(
  audit: Audit,
  claims: readonly Claim[],
): Promise<readonly Judged[]> {
  const all = await Promise.all(
    claims.flatMap(({ session, what }) =>
      session === undefined ? [] : [audit.ask(session, 'tools/list', { what, timeoutMs: 3_000 })],
    ),
  );
  return Promise.all(all.map((asked) => judgeUnknown(audit, asked)));
}

async function judgeUnknown(audit: Audit, asked: Asked): Promise<Judged> {
  const { answer } = asked;
  const seen = await seenBy(audit.control.victim, asked);
  if (seen !== undefined && seen.length > 0) {
    const note = `${told(answer)}, and its result came out of another client's stream`;
    return { verdict: 'wrong', note, answer, seen };
  }
  const unknown = unjudgeable(answer);
  if (unknown !== undefined) return unknown;
  if (isServed(answer)) return judgeServed(asked);
  const note = told(answer);
  if (answer.status >= 500) return { verdict: 'wrong', note, answer };
  if (answer.status < 400) return { verdict: 'doubtful', note, answer };
  if (seen === undefined) {
    return { verdict: 'unknown', note: `${note}, but the watched stream broke off`, answer };
  }
  return { verdict: 'right', note, answer };
}

function judgeServed({ answer, marker }: Asked): Judged {
  const note = told(answer);
  const own = answer.messages.find(({ id }) => id === marker);
  if (own !== undefined && 'result' in own) {
    return { verdict: 'wrong', note: `${note} and carried out`, answer };
  }
  const how = answer.messages.some((message) => 'error' in message)
    ? ', with an error in the body only'
    : ', with no effect that could be seen';
  return { verdict: 'doubtful', note: `${note}${how}`, answer };
}
