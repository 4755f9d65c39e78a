import type { Check, Finding } from '../../audit/types.js';
import { sentence } from '../judged.js';
import { cwe, mcp, rfc } from '../references.js';
import { withCredential } from './credentials.js';
import { type Jwt, NO_JWT, parseJwt } from './jwt.js';

/** Seconds clocks may differ (RFC 7519 §4.1.4: "a few minutes"). */
const LEEWAY = 300;

/** Seconds after which an expiry is none to speak of. */
const FAR = 90 * 24 * 3600;

/** AUTH-19 */
export const jwtTimes: Check = {
  id: 'AUTH-19',
  title: 'The JWT that is let in has an expiry that is near, and its time has come.',
  severity: 'medium',
  keyword: 'MUST',
  eras: ['sse', 'sessions', 'stateless'],
  references: [
    rfc(9068, '2.2'),
    rfc(7519, '4.1.4'),
    mcp('2025-11-25', 'basic/authorization', 'token-theft'),
    cwe(613),
  ],
  expected: 'exp is there, not past and at most 90 days away; nbf and iat are not in the future.',
  remedy: 'Issue short-lived access tokens, and refuse those without exp, past exp or before nbf.',
  active: false,
  requests: 0,
  run: withCredential(async (audit, form) => {
    const jwt = parseJwt(form.token);
    if (jwt === undefined) return NO_JWT;
    // It was let in: the positive control went well.
    return { ...judgeTimes(jwt, Date.now() / 1000), evidence: audit.control.answers.slice(0, 1) };
  }),
};

/** `now` in seconds since 1970, as the claims are. */
export function judgeTimes({ claims }: Jwt, now: number): Finding {
  const { exp, nbf, iat } = claims;
  const wrong: string[] = [];
  const doubtful: string[] = [];
  if (typeof exp !== 'number') doubtful.push('a token without exp is let in');
  else if (exp < now - LEEWAY) wrong.push('a token whose exp is past is let in');
  else if (exp > now + FAR) doubtful.push(`the token expires in ${days(exp - now)} days only`);
  for (const [name, value] of Object.entries({ nbf, iat })) {
    if (typeof value === 'number' && value > now + LEEWAY) {
      wrong.push(`a token whose ${name} lies in the future is let in`);
    }
  }
  const said = [...wrong, ...doubtful];
  if (said.length > 0)
    return { outcome: wrong.length > 0 ? 'fail' : 'warn', reason: sentence(said) };
  const left = Math.max(0, Math.round((Number(exp) - now) / 60));
  const reason = `The good token expires in ${left} minutes. Whether one that is not yet valid is refused was not tried: making one takes the signing key.`;
  return { outcome: 'pass', reason };
}

function days(seconds: number): string {
  return String(Math.round(seconds / 86_400));
}
