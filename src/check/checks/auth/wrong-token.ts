import type { Check } from '../../audit/types.js';
import { conclude } from '../judged.js';
import { cwe, mcp, rfc } from '../references.js';
import { knockWithWrongToken } from './any-token.js';
import { withCredential } from './credentials.js';
import { knockStream, strictRefusals } from './door.js';

const references = [
  mcp('2025-11-25', 'basic/authorization', 'token-handling'),
  rfc(6750, '3.1'),
  cwe(287),
];

/** AUTH-03 */
export const messageWithWrongToken: Check = {
  id: 'AUTH-03',
  title: 'A message with a wrong token is refused, and does nothing.',
  severity: 'critical',
  keyword: 'MUST',
  eras: ['sse', 'sessions', 'stateless'],
  references,
  expected: '401 for a POST with a random token of the right form, and nothing on the stream.',
  remedy: 'Compare the token on every request; that there is one is not enough.',
  active: false,
  requests: 1,
  run: withCredential(async (audit) => {
    const judged = await knockWithWrongToken(audit);
    return conclude([judged], `${judged.note}, and nothing came of it.`);
  }),
};

/** AUTH-04 */
export const streamWithWrongToken: Check = {
  id: 'AUTH-04',
  title: 'An event stream is not opened with a wrong token.',
  severity: 'critical',
  keyword: 'MUST',
  eras: ['sse', 'sessions'],
  references,
  expected: '401 for a GET with a random token; 405 where there is no stream to open.',
  remedy: 'Compare the token before the stream is opened; that there is one is not enough.',
  active: false,
  requests: 1,
  run: withCredential(async (audit) => {
    const judged = await knockStream(audit, {
      what: 'GET with a wrong token',
      as: audit.wrong(),
      headers: audit.control.victim.headers,
      right: [...strictRefusals(audit), ...(audit.era === 'sessions' ? [405] : [])],
    });
    return conclude([judged], `${judged.note}.`);
  }),
};
