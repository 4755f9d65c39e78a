import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { isRecord } from '../../../core/json.js';
import type { Audit, Check } from '../../audit/types.js';
import { conclude, isServed } from '../judged.js';
import { cwe, rfc } from '../references.js';
import { textOf } from '../../audit/answers.js';
import { withCredential } from './credentials.js';
import { knock, REFUSALS } from './door.js';
import { forgeriesOf, signedWithPublicKey, signedWithWeakSecret } from './forge.js';
import { type Jwt, NO_JWT, parseJwt } from './jwt.js';

/** AUTH-20 */
export const jwtForgery: Check = {
  id: 'AUTH-20',
  title: 'A JWT that the issuer has not signed is refused.',
  severity: 'critical',
  keyword: 'MUST',
  eras: ['sse', 'sessions', 'stateless'],
  references: [rfc(8725, '3.1'), rfc(8725, '2.1'), rfc(7515, '4.1.3'), cwe(347)],
  expected:
    '401 for alg none, changed claims, a key that the token brings along, HS256 with "secret" or with the public key.',
  remedy:
    'Name the algorithms and the issuer’s keys yourself when you verify; take neither from the token.',
  active: false,
  requests: 6,
  run: withCredential(async (audit, form) => {
    const jwt = parseJwt(form.token);
    if (jwt === undefined) return NO_JWT;
    const key = await publishedKey(audit, jwt);
    const forgeries = [
      ...(await forgeriesOf(jwt)),
      signedWithWeakSecret(jwt),
      ...(key === undefined ? [] : [signedWithPublicKey(jwt, key)]),
    ];
    const judged = await Promise.all(
      forgeries.map(({ label, token }) =>
        knock(audit, {
          what: `POST with a JWT of ${label}`,
          as: audit.withToken(token, label),
          right: [...REFUSALS, 400],
        }),
      ),
    );
    const tried = forgeries.map(({ label }) => label).join('; ');
    return conclude(judged, `Refused: ${tried}. ${untried(key)}`);
  }),
};

function untried(key: KeyObject | undefined): string {
  const signed = 'a wrong issuer under a right signature, which takes the signing key';
  return key === undefined
    ? `Not tried: HS256 with the public key, because none was found at ${JWKS}; ${signed}.`
    : `Not tried: ${signed}.`;
}

const JWKS = '/.well-known/jwks.json';

/** The key a server publishes on its own origin; other origins are not asked. */
async function publishedKey(audit: Audit, { header }: Jwt): Promise<KeyObject | undefined> {
  if (!/^(?:[RP]S|ES)/.test(String(header['alg']))) return undefined;
  const answer = await audit.once('jwks', () =>
    audit.send({ what: 'GET of the published keys', path: JWKS, as: audit.none }),
  );
  if (!isServed(answer)) return undefined;
  try {
    const set: unknown = JSON.parse(textOf(answer));
    const keys = isRecord(set) && Array.isArray(set['keys']) ? set['keys'].filter(isRecord) : [];
    const key = keys.find(({ kid }) => kid === header['kid']) ?? keys[0];
    return key && createPublicKey({ key: key as JsonWebKey, format: 'jwk' });
  } catch {
    return undefined;
  }
}
