import type { Audit, Check, ProbeSession } from '../../audit/types.js';
import { conclude, isServed, type Judged, told, unjudgeable } from '../judged.js';
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
  requests: 3,
  thoroughRequests: 4,
  run: withCredential(async (audit) => {
    // A session of its own, because a server that is at fault lets it be ended. Its handshake is not needed for that.
    const session = await audit.open(audit.good, { handshake: 'none' });
    if ('refused' in session) {
      const reason = `No further session could be opened to try it on: ${told(session.refused)}.`;
      return { outcome: 'inconclusive', reason, evidence: [session.refused] };
    }
    const stream = await knockStream(audit, {
      what: "GET without credentials of another's session",
      as: audit.none,
      headers: session.headers,
      right: RIGHT,
    });
    const end = await tryToEnd(audit, session);
    await session.close();
    return conclude([stream, end], `${stream.note}; ${end.note}.`);
  }),
};

/** Ways to say no: there may be no stream, or no way to end a session. */
const RIGHT = [...REFUSALS, 405];

/** Whether it lives on is asked where the answer leaves a doubt; who answers 401 has hardly ended anything. */
async function tryToEnd(audit: Audit, session: ProbeSession): Promise<Judged> {
  const answer = await audit.send({
    what: "DELETE without credentials of another's session",
    method: 'DELETE',
    path: session.messagePath,
    as: audit.none,
    headers: session.headers,
  });
  const judged = judgeDoor(answer, { right: RIGHT });
  if (!audit.thorough && (judged.verdict === 'right' || session.id === undefined)) return judged;
  const asked = await audit.ask(session, 'ping', { what: 'ping of that session by its owner' });
  if (unjudgeable(asked.answer) !== undefined || isServed(asked.answer)) return judged;
  const note = `${told(answer)}, and the session is dead`;
  return { verdict: 'wrong', note, answer };
}
