import { delay } from '../../../core/wait.js';
import type { Answer, Audit, Check, Finding, ProbeSession } from '../../audit/types.js';
import { isServed, sentence, told, unjudgeable } from '../judged.js';
import { cwe, mcp } from '../references.js';
import { isFinding, ownSession, withoutSessions } from './sessions.js';

/** Milliseconds before each look: a server may notice a closed stream a moment later. */
const LOOKS = [300, 1_000, 2_000] as const;

/** SESS-07 */
export const closedSession: Check = {
  id: 'SESS-07',
  title: 'The id of a session that was closed is dead.',
  severity: 'medium',
  keyword: 'MUST',
  eras: ['sse', 'sessions'],
  references: [mcp('2025-11-25', 'basic/transports', 'session-management'), cwe(613)],
  expected:
    '404 as soon as the stream is closed or the session deleted (HTTP+SSE: 400 or 405, too).',
  remedy:
    'Forget the session when its stream closes (HTTP+SSE) or when it is deleted (Streamable HTTP).',
  active: false,
  requests: 1,
  stage: 'last',
  async run(audit) {
    const useless = withoutSessions(audit);
    if (useless !== undefined) return useless;
    const session = await ownSession(audit);
    if (isFinding(session)) return session;
    await session.close();
    const answer = await firstRefusal(audit, session);
    return judge(audit, session, answer);
  },
};

async function firstRefusal(audit: Audit, session: ProbeSession): Promise<Answer> {
  let last: Answer | undefined;
  for (const ms of LOOKS) {
    await delay(ms, audit.signal);
    const asked = await audit.ask(session, 'tools/list', {
      what: 'POST into a session that was closed',
      timeoutMs: 3_000,
    });
    last = asked.answer;
    if (!isServed(last)) break;
  }
  return last as Answer;
}

async function judge(audit: Audit, session: ProbeSession, answer: Answer): Promise<Finding> {
  const evidence = [answer];
  const unknown = unjudgeable(answer);
  if (unknown !== undefined) {
    return { outcome: 'inconclusive', reason: sentence([unknown.note]), evidence };
  }
  if (isServed(answer)) return judgeAlive(audit, session, answer);
  const { status } = answer;
  if (status === 404 || (session.era === 'sse' && status >= 400 && status < 500)) {
    return { outcome: 'pass', reason: `Refused with ${status}.`, evidence };
  }
  return { outcome: 'warn', reason: sentence([`${told(answer)} instead of 404`]), evidence };
}

/** A server may leave the end of sessions to itself: 405 to DELETE. */
async function judgeAlive(audit: Audit, session: ProbeSession, alive: Answer): Promise<Finding> {
  if (session.era === 'sse') {
    const seconds = LOOKS.reduce((sum, ms) => sum + ms, 0) / 1000;
    const reason = sentence([`${told(alive)}, ${seconds} s after its stream was closed`]);
    return { outcome: 'fail', reason, evidence: [alive] };
  }
  const bye = await audit.send({
    what: 'DELETE of an own session',
    method: 'DELETE',
    path: session.messagePath,
    headers: session.headers,
  });
  if (bye.status === 405 || bye.status === 501) {
    return {
      outcome: 'not_applicable',
      reason: `Clients cannot end sessions here (DELETE was answered ${bye.status}).`,
      evidence: [bye],
    };
  }
  const reason = sentence([`${told(alive)}, after the session had been deleted`]);
  return { outcome: 'fail', reason, evidence: [alive, bye] };
}
