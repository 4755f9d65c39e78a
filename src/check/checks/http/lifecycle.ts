import { isRecord } from '../../../core/json.js';
import type { Answer, Asked, Audit, Check, ProbeSession } from '../../audit/types.js';
import { conclude, type Judged, told, unjudgeable } from '../judged.js';
import { LIST_BYTES } from '../list-again.js';
import { newMarker, rawPost, rightRequest } from '../raw-post.js';
import { mcp } from '../references.js';

/** HTTP-06 */
export const handshakeFirst: Check = {
  id: 'HTTP-06',
  title: 'Nothing is served before the handshake.',
  severity: 'low',
  keyword: 'SHOULD',
  eras: ['sse', 'sessions'],
  references: [
    mcp('2025-11-25', 'basic/lifecycle', 'initialization'),
    mcp('2025-11-25', 'basic/transports', 'session-management'),
  ],
  expected:
    'An error for a request before initialize, or (sessions) 400 for one without a session id.',
  remedy:
    'Keep in the session whether notifications/initialized has come, and answer everything but ping with an error until then.',
  active: false,
  // Sessions: that of SESS-05. SSE: two of what is left.
  requests: 0,
  thoroughRequests: 4,
  stage: 'last',
  async run(audit) {
    if (audit.era === 'sessions' && audit.control.victim.id === undefined) {
      return { outcome: 'not_applicable', reason: 'The server keeps no sessions.' };
    }
    const judged: Judged[] = [];
    if (audit.era === 'sessions') judged.push(await withoutSession(audit));
    if (audit.era === 'sse' || audit.thorough) judged.push(await beforeInitialized(audit));
    return conclude(judged, 'A request before the handshake is refused.');
  },
};

/** `tools/list` with no session id, so before any `initialize`; the checks of sessions have sent it already. */
async function withoutSession(audit: Audit): Promise<Judged> {
  const { messagePath } = audit.control.victim;
  const known = audit.seen().find((answer) => isListWithoutSession(answer, messagePath));
  const answer = known ?? (await listWithoutSession(audit));
  const served = answer.messages.some((message) => isRecord(message['result']));
  return judge(answer, served);
}

function isListWithoutSession({ evidence, status }: Answer, at: string): boolean {
  const { method, path, headers, body = '' } = evidence;
  if (method !== 'POST' || path !== at || status === 401) return false;
  // 2026-07-28 has no sessions: its headers tell its requests from those of this era.
  const others = new Set(['mcp-session-id', 'mcp-method']);
  if (headers.some(([name]) => others.has(name.toLowerCase()))) return false;
  return body.includes('"tools/list"');
}

function listWithoutSession(audit: Audit): Promise<Answer> {
  const body = rightRequest(audit, { method: 'tools/list', id: newMarker() });
  return rawPost(audit, {
    what: 'tools/list before initialize, without a session',
    body: JSON.stringify(body),
    change: { 'Mcp-Session-Id': undefined },
    maxBytes: LIST_BYTES,
  });
}

/** `tools/list` in a session whose handshake is not done. The standard tells only clients not to do it. */
async function beforeInitialized(audit: Audit): Promise<Judged> {
  const session = await audit.open(audit.good, { handshake: 'none' });
  if ('refused' in session) {
    return unjudgeable(session.refused) ?? { verdict: 'unknown', note: told(session.refused) };
  }
  try {
    const asked = await ask(audit, session);
    const response = await asked.response();
    const judged = judge(asked.answer, isRecord(response?.['result']));
    return judged.verdict === 'wrong' ? { ...judged, verdict: 'doubtful' } : judged;
  } finally {
    await session.close();
  }
}

function ask(audit: Audit, session: ProbeSession): Promise<Asked> {
  const what = 'tools/list before the handshake is done';
  return audit.ask(session, 'tools/list', { what, timeoutMs: 3_000 });
}

function judge(answer: Answer, served: boolean): Judged {
  const unknown = unjudgeable(answer);
  if (unknown !== undefined) return unknown;
  const note = told(answer);
  if (served) return { verdict: 'wrong', note: `${note} with the list`, answer };
  if (answer.cut && answer.messages.length === 0)
    return { verdict: 'unknown', note: `${note} with more than was read`, answer };
  const verdict = answer.status >= 500 ? 'wrong' : 'right';
  return { verdict, note, answer };
}
