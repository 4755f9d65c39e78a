import type { Answer, Asked, Audit, Credential } from '../../audit/types.js';
import { isServed, type Judged, told, unjudgeable } from '../judged.js';
import { harmlessMethod } from '../raw-post.js';
import { seenBy } from '../without-credentials.js';

/** A web page that has no business with this server. */
export const EVIL = 'https://evil.example';

/** The header a browser sets and a page cannot change, or the one a rebound name arrives with. */
export interface Foreign {
  name: 'Origin' | 'Host';
  value: string;
  /** Statuses that refuse it as they should. */
  right: readonly number[];
}

/** A harmless request into the victim's session; the victim's stream is watched. */
export async function postFrom(
  audit: Audit,
  foreign: Foreign,
  as: Credential = audit.good,
): Promise<Judged> {
  return withStream(audit, await askFrom(audit, foreign, as));
}

interface AskedFrom {
  asked: Asked;
  /** By its status alone. */
  judged: Judged;
}

async function askFrom(audit: Audit, foreign: Foreign, as = audit.good): Promise<AskedFrom> {
  const asked = await audit.ask(audit.control.victim, harmlessMethod(audit), {
    what: `POST with ${foreign.name}: ${foreign.value}${as === audit.good ? '' : ` and the credential "${as.label}"`}`,
    as,
    headers: [[foreign.name, foreign.value]],
    timeoutMs: 5_000,
  });
  return { asked, judged: judgeRefusal(asked.answer, foreign, as === audit.good ? [] : [401]) };
}

/** A refusal is none when the answer comes out of the stream. */
async function withStream(audit: Audit, { asked, judged }: AskedFrom): Promise<Judged> {
  const { answer } = asked;
  if (judged.verdict === 'wrong' || judged.verdict === 'unknown') return judged;
  const seen = await seenBy(audit.control.victim, asked);
  if (seen === undefined) {
    return { verdict: 'unknown', note: `${told(answer)}, but the stream broke off`, answer };
  }
  if (seen.length === 0) return judged;
  return {
    verdict: 'wrong',
    note: `${told(answer)}, and yet it was served on the stream`,
    answer,
    seen,
  };
}

/** A GET of the endpoint, which opens an event stream where it is let in. */
export async function getFrom(audit: Audit, foreign: Foreign): Promise<Judged> {
  const answer = await audit.send({
    what: `GET with ${foreign.name}: ${foreign.value}`,
    method: 'GET',
    headers: [
      ...(audit.era === 'sessions' ? audit.control.victim.headers : []),
      ['Accept', 'text/event-stream'],
      [foreign.name, foreign.value],
    ],
    timeoutMs: 2_500,
    maxBytes: 2_048,
  });
  // A server without a stream for GET may say so to everybody.
  return judgeRefusal(answer, foreign, [405]);
}

/** 2xx, a redirect and a server's error are no refusal; another 4xx is one, if not the one that is asked for. */
export function judgeRefusal(
  answer: Answer,
  { right }: Pick<Foreign, 'right'>,
  also: readonly number[] = [],
): Judged {
  const unknown = unjudgeable(answer);
  if (unknown !== undefined) return unknown;
  const note = told(answer);
  if ([...right, ...also].includes(answer.status)) return { verdict: 'right', note, answer };
  const refused = !isServed(answer) && answer.status >= 400 && answer.status < 500;
  if (!refused) return { verdict: 'wrong', note, answer };
  return { verdict: 'doubtful', note: `${note} instead of ${right.join(' or ')}`, answer };
}

const origin = (value: string): Foreign => ({ name: 'Origin', value, right: [403] });

/** What the origin of a strange web page gets; one set of requests for all checks that look at it. */
export function evilOrigin(audit: Audit): Promise<readonly Judged[]> {
  return audit.once('origin-evil', async () => {
    const evil = origin(EVIL);
    const probes = [askEvil(audit).then((first) => withStream(audit, first))];
    // The stream of the SSE era; with sessions GET and POST share a path, and so a guard.
    const getsToo = audit.era === 'sse' || (audit.era === 'sessions' && audit.thorough);
    if (getsToo) probes.push(getFrom(audit, evil));
    // Who lets strangers in is found out by other checks.
    if (audit.form !== undefined && audit.thorough) probes.push(postFrom(audit, evil, audit.none));
    if (audit.era === 'sessions' && audit.active) probes.push(deleteFrom(audit, evil));
    return Promise.all(probes);
  });
}

function askEvil(audit: Audit): Promise<AskedFrom> {
  return audit.once('origin-evil-post', () => askFrom(audit, origin(EVIL)));
}

/** What the POST of `evilOrigin` was answered, before the stream has told more. */
export async function evilStatus(audit: Audit): Promise<Judged> {
  return (await askEvil(audit)).judged;
}

/** Of a session of its own, which it ends where it is let in. */
async function deleteFrom(audit: Audit, foreign: Foreign): Promise<Judged> {
  const session = await audit.open(audit.good);
  if ('refused' in session) {
    return { verdict: 'unknown', note: 'no session to DELETE was opened', answer: session.refused };
  }
  const answer = await audit.send({
    what: `DELETE with ${foreign.name}: ${foreign.value}`,
    method: 'DELETE',
    path: session.messagePath,
    headers: [...session.headers, [foreign.name, foreign.value]],
  });
  return judgeRefusal(answer, foreign, [405]);
}

/** Whether a harmless request that names this origin is let in. */
export function postFromOrigin(audit: Audit, value: string): Promise<Judged> {
  return postFrom(audit, origin(value));
}
