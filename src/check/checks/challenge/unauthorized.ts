import type { Answer, Check, Finding } from '../../audit/types.js';
import { conclude, type Judged, told, unjudgeable } from '../judged.js';
import { mcp, rfc } from '../references.js';
import { headersOf } from '../../audit/answers.js';
import { answersWithoutCredentials } from '../without-credentials.js';
import { findChallenge, parseChallenges } from './parse.js';

/** CHAL-01 */
export const challengeSent: Check = {
  id: 'CHAL-01',
  title: 'A 401 says how to authenticate.',
  severity: 'medium',
  keyword: 'MUST',
  eras: ['sse', 'sessions', 'stateless'],
  references: [
    rfc(9110, '15.5.2'),
    rfc(6750, '3'),
    mcp('2025-11-25', 'basic/authorization', 'protected-resource-metadata-discovery-requirements'),
  ],
  expected: 'A WWW-Authenticate header with the scheme that the server takes: Bearer.',
  remedy: 'Send `WWW-Authenticate: Bearer realm="mcp"` with every 401.',
  active: false,
  // Those of AUTH-01, AUTH-02 and AUTH-05.
  requests: 0,
  async run(audit) {
    const answers = await answersWithoutCredentials(audit);
    const scheme = audit.form?.scheme;
    return conclude(
      answers.map((answer) => judgeChallenge(answer, scheme)),
      'Every 401 carries a challenge.',
    );
  },
};

function judgeChallenge(answer: Answer, scheme: string | undefined): Judged {
  const note = told(answer);
  const unclear = judgeStatus(answer);
  if (unclear !== undefined) return unclear;
  const lines = headersOf(answer, 'www-authenticate');
  if (lines.length === 0) {
    return { verdict: 'wrong', note: `${note} without WWW-Authenticate`, answer };
  }
  if (scheme !== undefined && findChallenge(parseChallenges(lines), scheme) === undefined) {
    const other = `${note} with a WWW-Authenticate that does not name the scheme ${scheme}`;
    return { verdict: 'wrong', note: other, answer };
  }
  return { verdict: 'right', note, answer };
}

/** Something else than a 401 has no challenge to be judged. */
function judgeStatus(answer: Answer): Judged | undefined {
  if (answer.status === 401) return undefined;
  const unknown = unjudgeable(answer);
  if (unknown !== undefined) return unknown;
  const note = told(answer);
  if (answer.status === 403) return { verdict: 'doubtful', note: `${note} instead of 401`, answer };
  return { verdict: 'unknown', note: `${note}, not 401`, answer };
}

/** CHAL-02 */
export const noErrorCode: Check = {
  id: 'CHAL-02',
  title: 'The challenge to a request without credentials has no error code.',
  severity: 'info',
  keyword: 'SHOULD',
  eras: ['sse', 'sessions', 'stateless'],
  references: [rfc(6750, '3.1')],
  expected: 'WWW-Authenticate without error= where no token was sent.',
  remedy: 'Send error="invalid_token" only for a token that was sent and is not valid.',
  active: false,
  requests: 0,
  async run(audit) {
    const answers = await answersWithoutCredentials(audit);
    const judged = answers.flatMap(judgeErrorCode);
    if (judged.length === 0) return noChallenge(answers);
    return conclude(judged, 'No error code where no token was sent.');
  },
};

function judgeErrorCode(answer: Answer): Judged[] {
  if (answer.status !== 401) return [];
  const parsed = parseChallenges(headersOf(answer, 'www-authenticate'));
  const bearer = findChallenge(parsed, 'Bearer');
  if (bearer === undefined) return [];
  const error = bearer.params.get('error');
  const note = told(answer);
  if (error === undefined) return [{ verdict: 'right', note, answer }];
  return [{ verdict: 'doubtful', note: `${note} with error="${error.slice(0, 40)}"`, answer }];
}

/** For checks that read a Bearer challenge, and there is none. */
export function noChallenge(answers: readonly Answer[]): Finding {
  const unknown = answers.find((answer) => unjudgeable(answer) !== undefined);
  if (unknown !== undefined) {
    return { outcome: 'inconclusive', reason: `${told(unknown)}.`, evidence: [unknown] };
  }
  return {
    outcome: 'not_applicable',
    reason: 'No 401 came with a Bearer challenge.',
    evidence: answers,
  };
}
