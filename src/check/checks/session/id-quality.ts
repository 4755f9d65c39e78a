import type { Audit, Check, Finding } from '../../audit/types.js';
import { sentence } from '../judged.js';
import { cve, cwe, mcp } from '../references.js';
import { readIds } from './id-statistics.js';
import { isFinding, ownSession, secondSession, withoutSessions } from './sessions.js';

const MANY = 20;

/** SESS-01 */
export const idQuality: Check = {
  id: 'SESS-01',
  title: 'Session ids are unique and cannot be guessed.',
  severity: 'high',
  keyword: 'MUST',
  eras: ['sse', 'sessions'],
  references: [
    mcp('2025-11-25', 'basic/security_best_practices', 'session-hijacking'),
    mcp('2025-11-25', 'basic/transports', 'session-management'),
    cve('CVE-2025-6515'),
    cwe(330),
  ],
  expected:
    'Ids of visible ASCII with about 128 random bits, without counter, time or network card.',
  remedy: 'Make ids with a secure random source: crypto.randomUUID(), secrets.token_urlsafe(16).',
  active: false,
  requests: 1,
  thoroughRequests: MANY * 2,
  async run(audit) {
    const useless = withoutSessions(audit);
    if (useless !== undefined) return useless;
    const many = audit.thorough || audit.active;
    const ids = many ? await openMany(audit) : await knownIds(audit);
    return judge(ids, many);
  },
};

/** Of the sessions that other checks open anyway. */
async function knownIds(audit: Audit): Promise<readonly string[]> {
  const sessions = await Promise.all([
    ownSession(audit),
    ...(audit.second === undefined ? [] : [secondSession(audit)]),
  ]);
  const others = sessions.flatMap((session) => (isFinding(session) ? [] : (session.id ?? [])));
  return [audit.control.victim.id ?? [], ...others].flat();
}

async function openMany(audit: Audit): Promise<readonly string[]> {
  const ids = [audit.control.victim.id ?? []].flat();
  while (ids.length < MANY) {
    const session = await audit.open(audit.good, { handshake: 'none' });
    if ('refused' in session || session.id === undefined) break;
    ids.push(session.id);
    await session.close();
  }
  return ids;
}

function judge(ids: readonly string[], many: boolean): Finding {
  const { faults, doubts, bits } = readIds(ids, Date.now());
  const seen = ids.length === 1 ? 'one id' : `${ids.length} ids`;
  if (faults.length > 0) return { outcome: 'fail', reason: sentence([...faults, `${seen} seen`]) };
  if (doubts.length > 0) return { outcome: 'warn', reason: sentence([...doubts, `${seen} seen`]) };
  const limit = many ? '' : ', which is too few to tell more: --thorough opens 20';
  return {
    outcome: 'pass',
    reason: `No pattern seen in ${seen} of up to ${bits} random bits${limit}.`,
  };
}
