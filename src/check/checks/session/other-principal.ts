import type { Answer, Asked, Audit, Check, ProbeSession } from '../../audit/types.js';
import { conclude, isServed, type Judged, told, unjudgeable } from '../judged.js';
import { cve, cwe, mcp } from '../references.js';
import { seenBy } from '../without-credentials.js';
import { isFinding, secondSession, withoutSessions } from './sessions.js';

const references = [
  mcp('2025-11-25', 'basic/security_best_practices', 'session-hijacking'),
  cwe(639),
  cve('CVE-2026-52869'),
];

const remedy =
  'Keep with each session the principal who opened it, and answer 404 to everybody else, on POST, GET and DELETE. (If both tokens belong to the same principal, give one of another.)';

/** SESS-02 */
export const foreignPost: Check = {
  id: 'SESS-02',
  title: 'Another principal’s token cannot send into a session (HTTP+SSE).',
  severity: 'high',
  keyword: 'SHOULD',
  eras: ['sse'],
  references,
  expected: '401, 403 or 404, and nothing on the stream of either principal.',
  remedy,
  active: false,
  requests: 2,
  async run(audit) {
    const useless = withoutSessions(audit);
    if (useless !== undefined) return useless;
    const second = await secondSession(audit);
    if (isFinding(second)) return second;
    const judged = await postAsSecond(audit, second);
    const finding = conclude([judged], 'Refused, and nothing arrived on either stream.');
    return judged.crossed === true ? { ...finding, severity: 'critical' } : finding;
  },
};

/** SESS-03 */
export const foreignRequests: Check = {
  id: 'SESS-03',
  title: 'Another principal’s token cannot use or end a session (Streamable HTTP).',
  severity: 'high',
  keyword: 'SHOULD',
  eras: ['sessions'],
  references,
  expected: '404 (401, 403) for POST, GET and DELETE with the session’s id; the session lives on.',
  remedy,
  active: false,
  requests: 3,
  thoroughRequests: 7,
  async run(audit) {
    const useless = withoutSessions(audit);
    if (useless !== undefined) return useless;
    const second = await secondSession(audit);
    if (isFinding(second)) return second;
    const judged = await Promise.all([
      postAsSecond(audit, second),
      getAsSecond(audit),
      ...(audit.active ? [deleteAsSecond(audit)] : []),
    ]);
    const methods = audit.active ? 'POST, GET and DELETE are' : 'POST and GET are';
    return conclude(judged, `${methods} refused, and nothing arrived on the session's stream.`);
  },
};

/** `crossed`: what the second principal asked for came out of the first one's stream. */
type JudgedPost = Judged & { crossed?: boolean };

async function postAsSecond(audit: Audit, second: ProbeSession): Promise<JudgedPost> {
  const { victim } = audit.control;
  const { tool } = audit;
  const asked = await audit.ask(victim, tool === undefined ? 'tools/list' : 'tools/call', {
    as: second.as,
    what: "POST with the second token into the first one's session",
    ...(tool && { params: { name: tool.name, arguments: tool.arguments } }),
  });
  const [onVictim, onOwn] = await Promise.all([seenBy(victim, asked), seenBy(second, asked)]);
  return judgePost(asked, { onVictim, onOwn, ran: tool?.name });
}

interface Effects {
  onVictim: readonly string[] | undefined;
  onOwn: readonly string[] | undefined;
  /** The tool that was called. */
  ran: string | undefined;
}

function judgePost({ answer, marker }: Asked, { onVictim, onOwn, ran }: Effects): JudgedPost {
  const note = told(answer);
  if (onVictim !== undefined && onVictim.length > 0) {
    const what = ran === undefined ? 'its result' : `the result of ${ran}`;
    const crossed = `${note}, and ${what} came out of the first one's stream`;
    return { verdict: 'wrong', note: crossed, answer, seen: onVictim, crossed: true };
  }
  if (onOwn !== undefined && onOwn.length > 0) {
    const note2 = `${note}, and its result came out of the second one's own stream`;
    return { verdict: 'wrong', note: note2, answer, seen: onOwn };
  }
  const unknown = unjudgeable(answer);
  if (unknown !== undefined) return unknown;
  if (answer.messages.some((message) => message['id'] === marker && 'result' in message)) {
    return { verdict: 'wrong', note: `${note} and carried out`, answer };
  }
  if (onVictim === undefined || onOwn === undefined) {
    return { verdict: 'unknown', note: `${note}, but a watched stream broke off`, answer };
  }
  return judgeRefusal(answer, isServed(answer) ? ', with no effect that could be seen' : '');
}

async function getAsSecond(audit: Audit): Promise<Judged> {
  const { victim } = audit.control;
  const answer = await audit.send({
    what: "GET with the second token of the first one's stream",
    method: 'GET',
    path: victim.messagePath,
    ...asSecond(audit),
    headers: [...victim.headers, ['Accept', 'text/event-stream']],
    timeoutMs: 1_500,
  });
  const unknown = unjudgeable(answer);
  if (unknown !== undefined) return unknown;
  if (isServed(answer)) return { verdict: 'wrong', note: told(answer), answer };
  // One stream a session: this is what the owner would hear, too.
  if (answer.status === 409) {
    return { verdict: 'wrong', note: `${told(answer)} as its owner would be`, answer };
  }
  return judgeRefusal(answer, '');
}

/** On a session that is opened for this. */
async function deleteAsSecond(audit: Audit): Promise<Judged> {
  const session = await audit.open(audit.good, { handshake: 'none' });
  if ('refused' in session) {
    return { verdict: 'unknown', note: 'no session to DELETE was opened', answer: session.refused };
  }
  const answer = await audit.send({
    what: "DELETE with the second token of the first one's session",
    method: 'DELETE',
    path: session.messagePath,
    ...asSecond(audit),
    headers: session.headers,
  });
  const unknown = unjudgeable(answer);
  if (unknown !== undefined) return unknown;
  if (isServed(answer)) return { verdict: 'wrong', note: told(answer), answer };
  const after = await audit.ask(session, 'ping', { what: 'POST into the session after that' });
  if (isServed(after.answer)) return judgeRefusal(answer, '');
  const note = `${told(answer)}, and then the session was gone: ${told(after.answer)}`;
  return { verdict: 'wrong', note, answer: after.answer };
}

function judgeRefusal(answer: Answer, more: string): Judged {
  const note = `${told(answer)}${more}`;
  const refused = answer.status >= 400 && answer.status < 500;
  return { verdict: refused ? 'right' : 'doubtful', note, answer };
}

const asSecond = ({ second }: Audit) => (second === undefined ? {} : { as: second });
