import type { Audit, Check } from '../../audit/types.js';
import { conclude, type Judged, told } from '../judged.js';
import { cwe, rfc } from '../references.js';
import { toldOnce } from './any-token.js';
import { withCredential } from './credentials.js';
import { knock, REFUSALS } from './door.js';

const LONG = 10_001;
const HUGE = 65_536;

/** AUTH-24 */
export const oddTokens: Check = {
  id: 'AUTH-24',
  title: 'A very long token, or one of strange characters, is refused and breaks nothing.',
  severity: 'low',
  keyword: 'advice',
  eras: ['sse', 'sessions', 'stateless'],
  references: [rfc(6585, '5'), rfc(6750, '2.1'), cwe(20), cwe(400)],
  expected: '401, 400, 413 or 431; no error of the server.',
  remedy:
    'Limit the length before the token is looked at, and let no character of it raise an error.',
  active: false,
  requests: 1,
  thoroughRequests: 3,
  run: withCredential(async (audit) => {
    const both = {
      label: `a token of ${LONG} characters, not all ASCII`,
      token: `é${'a'.repeat(LONG - 1)}`,
    };
    const thorough = [
      { label: `a token of ${LONG} characters`, token: 'a'.repeat(LONG) },
      { label: 'a token of 64 KiB', token: 'a'.repeat(HUGE) },
      { label: 'a token that is not ASCII', token: 'tökén-ñ-é-ü' },
    ];
    const tokens = audit.thorough ? thorough : [both];
    const judged = await Promise.all(tokens.map((odd) => tryToken(audit, odd)));
    return toldOnce(audit, conclude(judged, `${judged.map(({ note }) => note).join('; ')}.`));
  }),
};

async function tryToken(
  audit: Audit,
  { label, token }: { label: string; token: string },
): Promise<Judged> {
  const as = audit.withToken(token, label);
  const right = [...REFUSALS, 400, 413, 431];
  const judged = await knock(audit, { what: `POST with ${label}`, as, right });
  const { answer } = judged;
  const broke = answer !== undefined && answer.status >= 500;
  return broke
    ? { ...judged, verdict: 'wrong', note: `${told(answer)}, an error of the server` }
    : judged;
}
