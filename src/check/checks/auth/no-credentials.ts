import type { Audit, Check, Finding } from '../../audit/types.js';
import { conclude } from '../judged.js';
import { cwe, mcp, rfc } from '../references.js';
import { getWithoutCredentials, postWithoutCredentials } from '../without-credentials.js';
import { judgeDoor, strictRefusals } from './door.js';

const references = [
  mcp('2025-11-25', 'basic/authorization', 'token-requirements'),
  mcp('2024-11-05', 'basic/transports', 'http-with-sse'),
  rfc(6750, '3.1'),
  cwe(306),
];

/** AUTH-01 */
export const streamWithoutCredentials: Check = {
  id: 'AUTH-01',
  title: 'An event stream is not opened without credentials.',
  severity: 'critical',
  keyword: 'MUST',
  eras: ['sse'],
  references,
  expected: '401 for a GET of the SSE endpoint; no event stream, no endpoint event.',
  remedy: 'Put the guard before the route that opens the stream, and answer 401.',
  active: false,
  requests: 1,
  async run(audit) {
    const answer = await getWithoutCredentials(audit);
    const judged = judgeDoor(answer, { right: strictRefusals(audit) });
    return openTold(audit, conclude([judged], `GET without credentials: ${answer.status}.`));
  },
};

/** AUTH-02 */
export const messageWithoutCredentials: Check = {
  id: 'AUTH-02',
  title: "A message without credentials into another's session is refused, and does nothing there.",
  severity: 'critical',
  keyword: 'MUST',
  eras: ['sse'],
  references: [
    ...references,
    mcp('2025-11-25', 'basic/security_best_practices', 'session-hijacking'),
  ],
  expected: '401 for a POST to the live message endpoint, and nothing on the session’s stream.',
  remedy:
    'Guard the message endpoint like the stream: a session id is no credential, and every request carries its own.',
  active: false,
  requests: 1,
  async run(audit) {
    const { answer, seen } = await postWithoutCredentials(audit);
    const judged = judgeDoor(answer, { right: strictRefusals(audit), seen });
    const pass = `POST without credentials: ${answer.status}, and nothing came out of the watched stream.`;
    return openTold(audit, conclude([judged], pass));
  },
};

/** With no credential at all there is no victim's door to break, only one that stands open. */
export function openTold({ form }: Audit, finding: Finding): Finding {
  if (form !== undefined || finding.outcome !== 'fail') return finding;
  const why = 'No credential is configured and the server asks for none: everybody may come in.';
  return { ...finding, reason: `${why} ${finding.reason}` };
}
