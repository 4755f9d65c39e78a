import { randomBytes } from 'node:crypto';
import type { Audit, Check, ProbeSession } from '../../audit/types.js';
import { conclude, type Judged } from '../judged.js';
import { cwe, mcp } from '../references.js';
import { similarId, withSessionIds } from './session-ids.js';
import { withoutSessions } from './sessions.js';
import { type Claim, postToUnknown } from './unknown-session.js';

/** SESS-05 */
export const withoutId: Check = {
  id: 'SESS-05',
  title: 'A message without a session id reaches nobody, even if only one client is connected.',
  severity: 'critical',
  keyword: 'SHOULD',
  eras: ['sse', 'sessions'],
  references: [mcp('2025-11-25', 'basic/transports', 'session-management'), cwe(639)],
  expected: '400 or 404, and nothing on the stream of the client that is connected.',
  remedy:
    'Never fall back to "the" client: a request without a session id, or with an empty one, is answered 400.',
  active: false,
  requests: 2,
  stage: 'first',
  async run(audit) {
    const useless = withoutSessions(audit);
    if (useless !== undefined) return useless;
    const { victim } = audit.control;
    const judged = await postToUnknown(audit, [
      { what: 'POST without a session id', session: withSessionIds(victim, []) },
      { what: 'POST with an empty session id', session: withSessionIds(victim, ['']) },
    ]);
    return conclude(
      judged.map(mild),
      'Messages without a session id are refused and reach nobody.',
    );
  },
};

/** A server may do without ids; only what reached a client who did not ask is certainly wrong. */
function mild(judged: Judged): Judged {
  return judged.verdict === 'wrong' && judged.seen === undefined
    ? { ...judged, verdict: 'doubtful' }
    : judged;
}

/** SESS-06 */
export const unknownIds: Check = {
  id: 'SESS-06',
  title: 'Unknown and malformed session ids are refused cleanly.',
  severity: 'medium',
  keyword: 'MUST',
  eras: ['sse', 'sessions'],
  references: [mcp('2025-11-25', 'basic/transports', 'session-management'), cwe(20), cwe(1321)],
  expected: '404 (400 for a malformed one) for ids that never were; no 5xx, nothing on any stream.',
  remedy:
    'Keep sessions in a Map (not in an object, where "__proto__" is always found), accept exactly one id, and answer 404 for every id that is not in it.',
  active: false,
  requests: 3,
  thoroughRequests: 10,
  // "__proto__" breaks some servers for everybody.
  stage: 'last',
  async run(audit) {
    const useless = withoutSessions(audit);
    if (useless !== undefined) return useless;
    const { victim } = audit.control;
    const judged = [...(await postToUnknown(audit, claims(audit, victim)))];
    const mixed = judged.at(-1);
    // Which of them it was: each alone.
    if (!audit.thorough && mixed?.verdict === 'wrong') {
      judged.push(...(await postToUnknown(audit, malformed(audit, victim))));
    }
    return conclude(judged, 'Ids that never were are refused, malformed ones too.');
  },
};

const LONG = 'A'.repeat(10_240);

function claims(audit: Audit, victim: ProbeSession): readonly Claim[] {
  const unknown = similarId(victim.id ?? randomBytes(16).toString('hex'));
  const telling: Claim[] = [
    claim(victim, 'an unknown session id', unknown),
    claim(victim, 'the session id "__proto__"', '__proto__'),
  ];
  if (!audit.thorough) {
    const [odd = ''] = oddIds(audit);
    const several = [odd, 'A'.repeat(4_096)];
    return [...telling, claim(victim, 'two malformed session ids', ...several)];
  }
  const more = ['constructor', 'toString'].map((id) => claim(victim, `the session id "${id}"`, id));
  return [...telling, ...more, ...malformed(audit, victim)];
}

function malformed(audit: Audit, victim: ProbeSession): readonly Claim[] {
  return [
    claim(victim, 'a session id of 10 kB', LONG),
    claim(victim, 'two unknown session ids', 'one', 'two'),
    ...oddIds(audit).map((id) => claim(victim, `the session id "${id}"`, id)),
  ];
}

/** As they stand on the wire: a URL can carry encoded bytes, a header cannot. */
function oddIds({ era }: Audit): readonly string[] {
  return era === 'sse'
    ? ['%00', '%0d%0aX-Injected:%201', '%ff%fe']
    : ['../../etc/passwd', '{"$ne":1}'];
}

function claim(victim: ProbeSession, name: string, ...ids: string[]): Claim {
  return { what: `POST with ${name}`, session: withSessionIds(victim, ids) };
}
