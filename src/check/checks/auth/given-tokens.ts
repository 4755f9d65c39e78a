import type { Answer, Audit, Check, Credential, Finding } from '../../audit/types.js';
import { conclude } from '../judged.js';
import { cve, cwe, mcp, rfc } from '../references.js';
import { headersOf } from '../../audit/answers.js';
import { isAuthorization, knock, strictRefusals } from './door.js';
import { audienceOf, parseJwt } from './jwt.js';

/** AUTH-18 */
export const expiredToken: Check = {
  id: 'AUTH-18',
  title: 'An expired token is refused.',
  severity: 'critical',
  keyword: 'MUST',
  eras: ['sse', 'sessions', 'stateless'],
  references: [
    mcp('2025-11-25', 'basic/authorization', 'token-handling'),
    rfc(6750, '3.1'),
    cwe(613),
  ],
  expected: '401 with error="invalid_token".',
  remedy: 'Check the expiry on every request, also of sessions that are open.',
  active: false,
  requests: 1,
  async run(audit) {
    if (audit.expired === undefined) return needs('--expired-token-env', 'an expired token');
    const { finding, answer } = await present(audit, audit.expired, 'an expired token');
    const named = answer !== undefined && challengeHas(answer, 'invalid_token');
    if (finding.outcome !== 'pass' || named || !sendsChallenges(audit)) return finding;
    const reason = `${finding.reason} Its WWW-Authenticate does not say error="invalid_token", by which clients know that a new token helps.`;
    return { ...finding, outcome: 'warn', reason };
  },
};

/** AUTH-21 */
export const wrongAudience: Check = {
  id: 'AUTH-21',
  title: 'A token that was issued for another server is refused.',
  severity: 'critical',
  keyword: 'MUST',
  eras: ['sse', 'sessions', 'stateless'],
  references: [
    mcp('2025-11-25', 'basic/authorization', 'token-handling'),
    mcp('2025-11-25', 'basic/security_best_practices', 'token-passthrough'),
    rfc(8707, '2'),
    cve('CVE-2026-116684'),
    cwe(863),
  ],
  expected: '401 for a token of the same issuer whose audience is another resource.',
  remedy:
    'Compare the audience with this server’s own URI; that the issuer is right is not enough.',
  active: false,
  requests: 1,
  async run(audit) {
    if (audit.wrongAudience !== undefined) {
      return (await present(audit, audit.wrongAudience, 'a token for another audience')).finding;
    }
    const jwt = audit.form === undefined ? undefined : parseJwt(audit.form.token);
    const missing = needs('--wrong-audience-token-env', 'a token for another audience');
    if (jwt === undefined || audienceOf(jwt).length > 0) return missing;
    const reason = `${missing.reason} The good token names no audience at all, so this server cannot look at it.`;
    return { ...missing, outcome: 'warn', reason };
  },
};

/** What cannot be asked without a token that somebody has to give. */
export function needs(option: string, what: string): Finding {
  return { outcome: 'inconclusive', reason: `Needs ${what}: ${option}.` };
}

async function present(
  audit: Audit,
  as: Credential,
  what: string,
): Promise<{ finding: Finding; answer: Answer | undefined }> {
  const judged = await knock(audit, {
    what: `POST with ${what}`,
    as,
    right: strictRefusals(audit),
  });
  return { finding: conclude([judged], `${judged.note}.`), answer: judged.answer };
}

function sendsChallenges({ form }: Audit): boolean {
  return form !== undefined && isAuthorization(form.header);
}

/** True when a WWW-Authenticate header has this error code. */
export function challengeHas(answer: Answer, error: string): boolean {
  const pattern = new RegExp(`\\berror\\s*=\\s*"?${error}\\b`, 'i');
  return headersOf(answer, 'www-authenticate').some((value) => pattern.test(value));
}
