import type { Check } from '../../audit/types.js';
import { conclude, isServed, type Judged, told, unjudgeable } from '../judged.js';
import { cwe, mcp } from '../references.js';
import { type ForbiddenPost, postWithoutCredentials } from '../without-credentials.js';
import { withoutSessions } from './sessions.js';

/** SESS-04 */
export const noToken: Check = {
  id: 'SESS-04',
  title: 'A session id alone opens nothing: without a token it is refused.',
  severity: 'critical',
  keyword: 'MUST',
  eras: ['sse', 'sessions'],
  references: [mcp('2025-11-25', 'basic/security_best_practices', 'session-hijacking'), cwe(306)],
  expected: '401, and nothing on the stream of the session.',
  remedy:
    'Check the token on every request, also on those that name a session: a session id is no credential.',
  active: false,
  // That of AUTH-02 and AUTH-05.
  requests: 0,
  async run(audit) {
    const useless = withoutSessions(audit);
    if (useless !== undefined) return useless;
    const judged = judge(await postWithoutCredentials(audit));
    return conclude([judged], 'Refused, and nothing arrived on the stream of the session.');
  },
};

function judge({ answer, seen }: ForbiddenPost): Judged {
  const note = told(answer);
  if (seen !== undefined && seen.length > 0) {
    const crossed = `${note}, and its result came out of the session's stream`;
    return { verdict: 'wrong', note: crossed, answer, seen };
  }
  const unknown = unjudgeable(answer);
  if (unknown !== undefined) return unknown;
  if (isServed(answer)) return { verdict: 'wrong', note, answer };
  if (seen === undefined) {
    return { verdict: 'unknown', note: `${note}, but the watched stream broke off`, answer };
  }
  if (answer.status === 401) return { verdict: 'right', note, answer };
  return { verdict: 'doubtful', note: `${note} instead of 401`, answer };
}
