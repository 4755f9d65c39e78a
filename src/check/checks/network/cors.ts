import type { Answer, Audit, Check } from '../../audit/types.js';
import { conclude, type Judged, unjudgeable } from '../judged.js';
import { cwe } from '../references.js';
import { headersOf } from '../../audit/answers.js';
import { EVIL, evilOrigin } from './origin-probes.js';
import { placeOf } from './place.js';

/** NET-04 */
export const crossOriginReading: Check = {
  id: 'NET-04',
  title: 'Web pages of other origins may not read the answers.',
  severity: 'high',
  keyword: 'advice',
  eras: ['sse', 'sessions', 'stateless'],
  references: [
    { title: 'Fetch, CORS protocol', url: 'https://fetch.spec.whatwg.org/#http-cors-protocol' },
    cwe(942),
  ],
  expected:
    'No Access-Control-Allow-Origin that repeats a foreign origin or is null; no * with credentials, and none where no credential is asked for.',
  remedy:
    'Send Access-Control-Allow-Origin only for origins on a list of yours, with Vary: Origin, and never together with a * .',
  active: false,
  requests: 1,
  async run(audit) {
    const [preflight, evil] = await Promise.all([askFirst(audit), evilOrigin(audit)]);
    const answers = evil.flatMap(({ answer }) => answer ?? []);
    const readable = audit.form === undefined && (await placeOf(audit)) !== 'public';
    const judged = [preflight, ...answers, ...audit.control.answers].map((answer) =>
      judge(answer, { open: audit.form === undefined, readable }),
    );
    const pass = 'No answer lets a page of a foreign origin read it with credentials.';
    return conclude([...judged, ...[unjudgeable(preflight) ?? []].flat()], pass);
  },
};

/** The question a browser asks before it sends a request with a credential. */
function askFirst(audit: Audit): Promise<Answer> {
  return audit.send({
    what: `OPTIONS (preflight) with Origin: ${EVIL}`,
    method: 'OPTIONS',
    as: audit.none,
    headers: [
      ['Origin', EVIL],
      ['Access-Control-Request-Method', 'POST'],
      ['Access-Control-Request-Headers', 'authorization, content-type, mcp-session-id'],
    ],
    timeoutMs: 5_000,
  });
}

function judge(answer: Answer, { open, readable }: { open: boolean; readable: boolean }): Judged {
  const origins = headersOf(answer, 'Access-Control-Allow-Origin');
  const credentials = headersOf(answer, 'Access-Control-Allow-Credentials').includes('true');
  const said = `the answer to ${answer.evidence.what} has Access-Control-Allow-Origin:`;
  if (origins.includes(EVIL)) {
    return { verdict: 'wrong', note: `${said} ${EVIL}, as the request's Origin`, answer };
  }
  if (origins.includes('null')) return { verdict: 'wrong', note: `${said} null`, answer };
  if (!origins.includes('*')) return { verdict: 'right', note: '', answer: undefined };
  if (credentials) {
    return { verdict: 'wrong', note: `${said} * and Access-Control-Allow-Credentials`, answer };
  }
  if (readable) {
    return { verdict: 'wrong', note: `${said} *, and no credential is asked for`, answer };
  }
  return {
    verdict: open ? 'doubtful' : 'right',
    note: `${said} *`,
    answer: open ? answer : undefined,
  };
}
