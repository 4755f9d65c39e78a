import type { Audit, Check, CredentialForm } from '../../audit/types.js';
import { conclude, type Judged } from '../judged.js';
import { cwe, mcp, rfc } from '../references.js';
import { toldOnce } from './any-token.js';
import { withBearer, withValues } from './credentials.js';
import { knock, REFUSALS } from './door.js';
import { tryWeak } from './weak-tokens.js';

/** AUTH-12 */
export const malformed: Check = {
  id: 'AUTH-12',
  title:
    'Only "Bearer" with a token is taken for one: no other scheme, no bare token, nothing empty.',
  severity: 'high',
  keyword: 'MUST',
  eras: ['sse', 'sessions', 'stateless'],
  references: [
    rfc(6750, '2.1'),
    rfc(6750, '3.1'),
    mcp('2025-11-25', 'basic/authorization', 'error-handling'),
    cwe(287),
  ],
  expected: '401, or 400 for what is malformed.',
  remedy:
    'Match the whole header: the scheme, one space, one token that is not empty. Refuse to start without a configured token.',
  active: false,
  // "undefined" is paid by AUTH-25, which comes first.
  requests: 2,
  thoroughRequests: 6,
  run: withBearer(async (audit, form) => {
    const { token } = form;
    const values = [
      ['the bare token', token],
      ['an empty "Bearer"', 'Bearer '],
      ...(audit.thorough
        ? OTHER_SCHEMES.map(
            (scheme) => [`the good token as ${scheme}`, `${scheme} ${token}`] as const,
          )
        : []),
    ] as const;
    const judged = await Promise.all([
      ...values.map(([label, value]) => tryValue(audit, form, { label, value })),
      // What a header is made of whose variable is not set.
      ...(audit.thorough ? ['undefined', 'null'] : ['undefined']).map((word) =>
        tryWeak(audit, word),
      ),
    ]);
    return toldOnce(
      audit,
      conclude(judged, `Refused: ${judged.map(({ note }) => note).join('; ')}.`),
    );
  }),
};

const OTHER_SCHEMES = ['Basic', 'Token'];

function tryValue(
  audit: Audit,
  form: CredentialForm,
  { label, value }: { label: string; value: string },
): Promise<Judged> {
  const as = withValues(audit, form, { values: [value], label });
  return knock(audit, { what: `POST with ${label}`, as, right: [...REFUSALS, 400] });
}
