import type { Check } from '../../audit/types.js';
import { isServed, told, unjudgeable } from '../judged.js';
import { rfc } from '../references.js';
import { withBearer, withValues } from './credentials.js';

/** AUTH-11 */
export const schemeCase: Check = {
  id: 'AUTH-11',
  title: 'The name of the scheme is read without regard to case.',
  severity: 'low',
  keyword: 'SHOULD',
  eras: ['sse', 'sessions', 'stateless'],
  references: [rfc(9110, '11.1'), rfc(6750, '2.1')],
  expected: '"bearer" with the good token is let in like "Bearer".',
  remedy: 'Compare the scheme in lower case; some clients write it so.',
  active: false,
  requests: 1,
  thoroughRequests: 2,
  run: withBearer(async (audit, form) => {
    const schemes = audit.thorough ? ['bearer', 'BEARER'] : ['bearer'];
    for (const scheme of schemes.filter((name) => name !== form.scheme)) {
      const label = `good, as "${scheme}"`;
      const { answer } = await audit.ask(audit.control.victim, 'tools/list', {
        what: `POST with the good token as "${scheme}"`,
        as: withValues(audit, form, { values: [`${scheme} ${form.token}`], label }),
      });
      if (unjudgeable(answer) !== undefined) {
        return { outcome: 'inconclusive', reason: `${told(answer)}.`, evidence: [answer] };
      }
      if (!isServed(answer)) {
        return { outcome: 'warn', reason: `${told(answer)}.`, evidence: [answer] };
      }
    }
    return { outcome: 'pass', reason: `The good token is let in as ${schemes.join(' and ')}.` };
  }),
};
