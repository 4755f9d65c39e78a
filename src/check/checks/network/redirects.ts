import type { Answer, Check } from '../../audit/types.js';
import { conclude, type Judged } from '../judged.js';
import { rfc } from '../references.js';
import { headersOf } from '../../audit/answers.js';

/** NET-07 */
export const noRedirects: Check = {
  id: 'NET-07',
  title: 'No endpoint sends a client on to another origin.',
  severity: 'medium',
  keyword: 'SHOULD',
  eras: ['sse', 'sessions', 'stateless'],
  references: [
    rfc(9700, '4.11'),
    { title: 'RFC 9110 §15.4', url: 'https://www.rfc-editor.org/rfc/rfc9110#section-15.4' },
  ],
  expected:
    'No redirect; a client that followed one would hand its credential to whoever is named.',
  remedy: 'Publish the right URL, and answer 404 at others; never redirect POST.',
  active: false,
  requests: 0,
  stage: 'last',
  withoutControl: true,
  run(audit) {
    const answered = audit.seen().filter(({ status }) => status !== 0);
    if (answered.length === 0) {
      return Promise.resolve({
        outcome: 'inconclusive',
        reason: 'The server answered nothing.',
      });
    }
    const judged = answered.flatMap((answer) => judge(answer, audit.url));
    const pass = `None of ${answered.length} answers is a redirect.`;
    return Promise.resolve(conclude(judged, pass));
  },
};

function judge(answer: Answer, url: URL): readonly Judged[] {
  const [location] = headersOf(answer, 'location');
  if (answer.status < 300 || answer.status > 399 || location === undefined) return [];
  const to = targetOf(location, url);
  const note = `${answer.evidence.what} is sent on to ${to?.origin ?? 'something that is no URL'}`;
  const same = to?.origin === url.origin;
  return [{ verdict: same ? 'doubtful' : 'wrong', note, answer }];
}

function targetOf(location: string, base: URL): URL | undefined {
  return URL.canParse(location, base) ? new URL(location, base) : undefined;
}
