import type { Check } from '../../audit/types.js';
import { isServed, told, unjudgeable } from '../judged.js';
import { rfc } from '../references.js';
import { tokenOf, withCredential } from './credentials.js';
import { withQuery } from './elsewhere.js';

/** AUTH-17 */
export const queryBesideHeader: Check = {
  id: 'AUTH-17',
  title: 'A token in the query beside the one in the header is refused or not looked at.',
  severity: 'low',
  keyword: 'MUST',
  eras: ['sse', 'sessions', 'stateless'],
  references: [rfc(6750, '2'), rfc(6750, '3.1')],
  expected:
    'With the good token in the header and a wrong one in the query: 400, or served by the header alone.',
  remedy: 'Do not read tokens from the query; a client must not send two.',
  active: false,
  // One more where it is refused.
  requests: 1,
  run: withCredential(async (audit, form) => {
    const { victim } = audit.control;
    const { answer } = await audit.ask(victim, 'tools/list', {
      what: 'POST with the good token in the header and a wrong one in the query',
      path: withQuery(victim.messagePath, ['access_token'], tokenOf(audit.wrong(), form)),
    });
    const evidence = [answer];
    if (isServed(answer)) {
      return { outcome: 'pass', reason: 'Only the token in the header is looked at.', evidence };
    }
    if (answer.status === 400) {
      return { outcome: 'pass', reason: 'Two tokens are refused with 400.', evidence };
    }
    if (unjudgeable(answer) !== undefined) {
      return { outcome: 'inconclusive', reason: `${told(answer)}.`, evidence };
    }
    const looked = answer.status === 401 || answer.status === 403;
    if (looked) {
      const plain = await audit.ask(victim, 'tools/list', {
        what: 'POST with the good token only',
      });
      if (!isServed(plain.answer)) {
        const reason = `${told(answer)}, and ${told(plain.answer)} as well.`;
        return { outcome: 'inconclusive', reason, evidence: [answer, plain.answer] };
      }
    }
    const why = looked ? ', so the token in the query is looked at, and before the header' : '';
    return { outcome: looked ? 'fail' : 'warn', reason: `${told(answer)}${why}.`, evidence };
  }),
};
