import { randomUUID } from 'node:crypto';
import type { Audit, Check, ProbeSession } from '../../audit/types.js';
import { conclude, type Judged } from '../judged.js';
import { cwe, mcp } from '../references.js';
import { withCredential } from './credentials.js';
import { judgeDoor, knockStream, REFUSALS } from './door.js';

/** AUTH-06 */
export const sessionMethods: Check = {
  id: 'AUTH-06',
  title: 'Who knows a session id and nothing else can neither read its stream nor end it.',
  severity: 'critical',
  keyword: 'MUST',
  eras: ['sessions'],
  references: [
    mcp('2025-11-25', 'basic/security_best_practices', 'session-hijacking'),
    mcp('2025-11-25', 'basic/transports', 'session-management'),
    cwe(306),
  ],
  expected:
    '401 for GET and DELETE with a live session id and no credentials (405 where there is no such method); the session lives on.',
  remedy: 'Guard GET and DELETE like POST: a session id is no credential.',
  active: false,
  requests: 2,
  thoroughRequests: 6,
  run: withCredential(async (audit) => {
    const [stream, end] = await Promise.all([readStream(audit), tryToEnd(audit)]);
    const pass = `${stream.note}; ${end.note}.`;
    return conclude([stream, end], pass);
  }),
};

/** Ways to say no: there may be no stream, or no way to end a session. */
const RIGHT = [...REFUSALS, 405];

function readStream(audit: Audit): Promise<Judged> {
  return knockStream(audit, {
    what: "GET without credentials of another's session",
    as: audit.none,
    headers: audit.control.victim.headers,
    right: RIGHT,
  });
}

/**
 * First with an id that no session has: who asks for credentials before looking for the session answers 401 to
 * that as well. Only where that leaves a doubt is a session of ours put at risk; the victim never is.
 */
async function tryToEnd(audit: Audit): Promise<Judged> {
  const madeUp = headersWith(audit.control.victim, randomUUID());
  const answer = await audit.send({
    what: 'DELETE without credentials',
    method: 'DELETE',
    as: audit.none,
    headers: madeUp,
  });
  const judged = judgeDoor(answer, { right: RIGHT });
  const certain = judged.verdict === 'right' || judged.verdict === 'unknown';
  if (certain && !audit.thorough) return judged;
  return tryToEndOwn(audit);
}

async function tryToEndOwn(audit: Audit): Promise<Judged> {
  const session = await audit.open(audit.good);
  if ('refused' in session) {
    const note = 'no further session could be opened to try DELETE on';
    return { verdict: 'unknown', note, answer: session.refused };
  }
  const answer = await audit.send({
    what: "DELETE without credentials of another's session",
    method: 'DELETE',
    path: session.messagePath,
    as: audit.none,
    headers: session.headers,
  });
  const asked = await audit.ask(session, 'ping', { what: 'ping of that session by its owner' });
  const alive = (await asked.response()) !== undefined;
  await session.close();
  if (!alive) {
    const note = `DELETE without credentials was answered ${answer.status}, and the session is dead`;
    return { verdict: 'wrong', note, answer };
  }
  return judgeDoor(answer, { right: RIGHT });
}

function headersWith({ headers }: ProbeSession, id: string) {
  const others = headers.filter(([name]) => name.toLowerCase() !== 'mcp-session-id');
  return [...others, ['Mcp-Session-Id', id] as const];
}
