import type { Audit, Check } from '../../audit/types.js';
import { conclude, type Judged } from '../judged.js';
import { cwe } from '../references.js';
import { toldOnce } from './any-token.js';
import { withCredential } from './credentials.js';
import { knock, REFUSALS } from './door.js';

/** Of examples and of variables that are not set. */
const WEAK: readonly string[] = [
  'undefined',
  'test',
  'secret',
  'changeme',
  'admin',
  'null',
  'password',
  'token',
  '123456',
  'your-token-here',
];

/** AUTH-25 */
export const weakTokens: Check = {
  id: 'AUTH-25',
  title: 'No token of examples, and none made of an unset variable, is let in.',
  severity: 'critical',
  keyword: 'advice',
  eras: ['sse', 'sessions', 'stateless'],
  references: [cwe(1392), cwe(521)],
  expected: '401 for "undefined", "test", "secret", "changeme" and six more of that kind.',
  remedy:
    'Take out the default, and refuse to start without a token of 32 random characters or more.',
  active: false,
  requests: 2,
  thoroughRequests: WEAK.length,
  run: withCredential(async (audit, form) => {
    if (WEAK.includes(form.token.toLowerCase())) {
      const reason = 'The configured token itself is one that everybody tries first.';
      return { outcome: 'fail', reason, evidence: audit.control.answers.slice(0, 1) };
    }
    const words = audit.thorough ? WEAK : WEAK.slice(0, 2);
    const judged = await Promise.all(words.map((word) => tryWeak(audit, word)));
    return toldOnce(audit, conclude(judged, `Refused: ${words.join(', ')}.`));
  }),
};

/** Once for all checks that want to know it. */
export function tryWeak(audit: Audit, word: string): Promise<Judged> {
  const as = audit.withToken(word, `token "${word}"`);
  return audit.once(`weak-token ${word}`, () =>
    knock(audit, { what: `POST with the token "${word}"`, as, right: [...REFUSALS, 400] }),
  );
}
