import type { Audit, Check, CredentialForm } from '../../audit/types.js';
import { conclude, type Judged } from '../judged.js';
import { cwe, rfc } from '../references.js';
import { toldOnce } from './any-token.js';
import { tokenOf, valueWith, withCredential, withValues } from './credentials.js';
import { isAuthorization, knock, REFUSALS } from './door.js';

/** AUTH-13 */
export const twoCredentials: Check = {
  id: 'AUTH-13',
  title: 'More than one credential in a request is refused.',
  severity: 'medium',
  keyword: 'MUST',
  eras: ['sse', 'sessions', 'stateless'],
  references: [rfc(6750, '3.1'), rfc(9110, '5.3'), cwe(436)],
  expected:
    '400 or 401 for two headers of which one is good, and for a good token with something behind it.',
  remedy:
    'Look at the raw headers: refuse a second one of the name, and anything behind the token. A proxy in front may have judged the other one.',
  active: false,
  requests: 2,
  thoroughRequests: 4,
  run: withCredential(async (audit, form) => {
    const variants = variantsOf(audit, form);
    const judged = await Promise.all(
      variants.map(({ label, values }): Promise<Judged> => {
        const as = withValues(audit, form, { values, label });
        return knock(audit, { what: `POST with ${label}`, as, right: [...REFUSALS, 400] });
      }),
    );
    return toldOnce(
      audit,
      conclude(judged, `Refused: ${variants.map(({ label }) => label).join('; ')}.`),
    );
  }),
};

function variantsOf(audit: Audit, form: CredentialForm) {
  const good = valueWith(form, form.token);
  const bad = valueWith(form, tokenOf(audit.wrong(), form));
  const two = `two ${form.header} headers`;
  const goodFirst = { label: `${two}, the good one first`, values: [good, bad] };
  const goodLast = { label: `${two}, the good one last`, values: [bad, good] };
  // The value of another header may well have a space or a comma in it.
  const tail = isAuthorization(form.header)
    ? [
        { label: 'the good token and a word behind it', values: [`${good} junk`] },
        { label: 'the good token and a comma behind it', values: [`${good},x`] },
      ]
    : [];
  return audit.thorough ? [goodFirst, goodLast, ...tail] : [goodFirst, ...tail.slice(0, 1)];
}
