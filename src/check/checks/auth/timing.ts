import type { Answer, Check, Finding } from '../../audit/types.js';
import { isServed, told } from '../judged.js';
import { placeOf } from '../network/place.js';
import { cwe } from '../references.js';
import { withCredential } from './credentials.js';
import { mannWhitney, median } from './mann-whitney.js';

/** Requests of each kind. */
const EACH = 100;
/** Fewer say nothing. */
const ENOUGH = 40;
const SIGNIFICANT = 0.001;

/** AUTH-27 */
export const timing: Check = {
  id: 'AUTH-27',
  title: 'The time of a refusal does not tell how much of a token was right.',
  severity: 'info',
  keyword: 'advice',
  eras: ['sse', 'sessions', 'stateless'],
  references: [
    cwe(208),
    {
      title: 'Mann and Whitney 1947',
      url: 'https://doi.org/10.1214/aoms/1177730491',
    },
  ],
  expected:
    'No significant difference between 100 tokens that are wrong at once and 100 that are wrong at the end.',
  remedy:
    'Compare digests of equal length in constant time, e.g. crypto.timingSafeEqual over SHA-256.',
  active: true,
  requests: 2 * EACH,
  stage: 'last',
  run: withCredential(async (audit, form) => {
    if ((await placeOf(audit)) === 'public') {
      const reason =
        'The network’s own differences are greater: measured on this machine and in private networks only.';
      return { outcome: 'not_applicable', reason };
    }
    const early = audit.withToken(changedAt(form.token, 0), 'first character changed');
    const late = audit.withToken(
      changedAt(form.token, form.token.length - 1),
      'last character changed',
    );
    const answers: { late: boolean; answer: Answer }[] = [];
    for (const isLate of shuffled(EACH)) {
      const what = `POST for its time, wrong ${isLate ? 'at the end' : 'at once'}`;
      const as = isLate ? late : early;
      const { answer } = await audit.ask(audit.control.victim, 'tools/list', { what, as });
      answers.push({ late: isLate, answer });
      // One that is limited already will not stop being so for the next hundred.
      if (answers.slice(-10).length === 10 && answers.slice(-10).every(isLimited)) break;
    }
    return judge(answers);
  }),
};

const isLimited = ({ answer }: { answer: Answer }) => answer.status === 429;

function judge(answers: readonly { late: boolean; answer: Answer }[]): Finding {
  const served = answers.find(({ answer }) => isServed(answer))?.answer;
  if (served !== undefined) {
    return { outcome: 'inconclusive', reason: `${told(served)}: see AUTH-14.`, evidence: [served] };
  }
  const times = (wanted: boolean) =>
    answers.flatMap(({ late, answer }) =>
      late === wanted && (answer.status === 401 || answer.status === 403) ? [answer.headersMs] : [],
    );
  const [early, late] = [times(false), times(true)];
  if (Math.min(early.length, late.length) < ENOUGH) {
    const limited = answers.filter(isLimited).length > 0;
    const reason = limited
      ? `Only ${early.length + late.length} wrong tokens were looked at before the server answered 429: too few to measure, for others too.`
      : `Only ${early.length + late.length} of ${answers.length} requests were refused with 401.`;
    return { outcome: 'inconclusive', reason };
  }
  const { p } = mannWhitney(early, late);
  const difference = `medians ${median(early).toFixed(2)} and ${median(late).toFixed(2)} ms, p = ${p.toPrecision(2)}`;
  return p < SIGNIFICANT
    ? {
        outcome: 'warn',
        reason: `The times differ: ${difference}. Measure again before you believe it.`,
      }
    : { outcome: 'pass', reason: `No significant difference: ${difference}.` };
}

function changedAt(token: string, at: number): string {
  const other = token.charAt(at) === 'b' ? 'e' : 'b';
  return `${token.slice(0, at)}${other}${token.slice(at + 1)}`;
}

/** As many of both, in an order of chance, so that a slow moment meets both alike. */
function shuffled(each: number): readonly boolean[] {
  return Array.from({ length: 2 * each }, (_, index) => ({ late: index < each, at: Math.random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ late }) => late);
}
