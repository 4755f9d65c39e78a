import type { Answer, Audit, Check } from '../../audit/types.js';
import { conclude, type Judged, told } from '../judged.js';
import { cwe, rfc } from '../references.js';
import { headersOf } from '../../audit/answers.js';
import { answersWithoutCredentials } from '../without-credentials.js';
import { parseChallenges } from './parse.js';

const HEADER = 'www-authenticate';

/** CHAL-03 */
export const challengeSyntax: Check = {
  id: 'CHAL-03',
  title: 'The challenge can be read, and repeats nothing that was sent.',
  severity: 'low',
  keyword: 'MUST',
  eras: ['sse', 'sessions', 'stateless'],
  references: [rfc(9110, '11.6.1'), rfc(9110, '5.6.4'), cwe(113)],
  expected:
    'Schemes and parameters by the grammar, quoted where needed, without token or user text.',
  remedy:
    'Put values in double quotes, escape " and \\ in them, and write fixed texts only: never the token or the path.',
  active: false,
  requests: 0,
  // At the end it has all 401 answers of the audit to read.
  stage: 'last',
  async run(audit) {
    await answersWithoutCredentials(audit);
    const answers = audit
      .seen()
      .filter((answer) => answer.status === 401 && headersOf(answer, HEADER).length > 0);
    if (answers.length === 0) {
      return { outcome: 'not_applicable', reason: 'No 401 came with a WWW-Authenticate header.' };
    }
    const judged = answers.flatMap((answer) => judge(audit, answer));
    return conclude(distinct(judged), `Read without fault in ${answers.length} answers.`);
  },
};

function judge(audit: Audit, answer: Answer): Judged[] {
  const { problems } = parseChallenges(headersOf(answer, HEADER));
  const faults = [
    ...problems.slice(0, 1).map((problem) => `a challenge that breaks the grammar: ${problem}`),
    ...(repeatsToken(audit, answer) ? ['the token that was sent in the challenge'] : []),
  ];
  if (faults.length === 0) return [{ verdict: 'right', note: told(answer) }];
  return faults.map((fault) => ({
    verdict: 'wrong',
    note: `${told(answer)} with ${fault}`,
    answer,
  }));
}

/**
 * Evidence has secrets replaced, so a challenge that looks different there holds one. A random token is no secret and
 * stands in the evidence of the request.
 */
function repeatsToken({ form }: Audit, { headers, evidence }: Answer): boolean {
  const sent = headersOf({ headers }, HEADER);
  const shown = headersOf({ headers: evidence.responseHeaders }, HEADER);
  if (sent.join('\n') !== shown.join('\n')) return true;
  const tokens = headersOf({ headers: evidence.headers }, form?.header ?? 'authorization')
    .flatMap((value) => value.split(/[\s,]+/))
    .filter((word) => word.length >= 12);
  return tokens.some((token) => sent.some((value) => value.includes(token)));
}

/** The same fault in twenty answers is told once. */
function distinct(judged: readonly Judged[]): readonly Judged[] {
  const seen = new Set<string>();
  return judged.filter(({ verdict, note }) => {
    const key = verdict === 'right' ? note : note.slice(note.indexOf(' with '));
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}
