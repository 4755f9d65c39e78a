import type { Answer, Audit, Check, Finding } from '../../audit/types.js';
import { isServed, told } from '../judged.js';
import { cwe, mcp, rfc } from '../references.js';
import { withCredential } from './credentials.js';
import { judgeDoor, REFUSALS } from './door.js';
import { messageTo } from './message.js';
import { median } from './mann-whitney.js';

/** Wrong tokens in a row. */
const GUESSES = 25;

/** AUTH-26 */
export const guessLimit: Check = {
  id: 'AUTH-26',
  title: 'Who guesses tokens is slowed down, and who has the good one is not locked out by it.',
  severity: 'low',
  keyword: 'SHOULD',
  eras: ['sse', 'sessions', 'stateless'],
  references: [
    mcp('2025-11-25', 'server/tools', 'security-considerations'),
    rfc(6585, '4'),
    cwe(307),
  ],
  expected:
    '429 or growing delays for 25 wrong tokens in a row; the good token still works from the same address.',
  remedy: 'Count wrong tokens by address and answer 429 after some; do not count right ones.',
  active: true,
  requests: GUESSES + 2,
  stage: 'last',
  run: withCredential(async (audit) => {
    const before = await askGood(audit, 'POST with the good token before the wrong ones');
    if (!isServed(before)) {
      const reason = `${told(before)}, so that nothing can be said about later.`;
      return { outcome: 'inconclusive', reason, evidence: [before] };
    }
    const guesses: Answer[] = [];
    while (guesses.length < GUESSES && guesses.at(-1)?.status !== 429)
      guesses.push(await guess(audit));
    const after = await askGood(audit, 'POST with the good token after the wrong ones');
    return judge(guesses, after);
  }),
};

async function askGood(audit: Audit, what: string): Promise<Answer> {
  return (await audit.ask(audit.control.victim, 'tools/list', { what })).answer;
}

/** A 429 is what is looked for, so it is not waited out. */
function guess(audit: Audit): Promise<Answer> {
  return audit.send({
    what: 'POST with one of many wrong tokens',
    as: audit.wrong(),
    ...messageTo(audit),
    expects429: true,
  });
}

function judge(guesses: readonly Answer[], after: Answer): Finding {
  const got = guesses.find((answer) => judgeDoor(answer, { right: REFUSALS }).verdict === 'wrong');
  if (got !== undefined) return { outcome: 'fail', reason: `${told(got)}.`, evidence: [got] };
  const dead = guesses.find(({ status }) => status === 0);
  if (dead !== undefined)
    return { outcome: 'inconclusive', reason: `${told(dead)}.`, evidence: [dead] };
  const last = guesses.slice(-1);
  if (!isServed(after)) {
    const reason = `${told(after)}: guessing locks out who has the right token.`;
    return {
      outcome: after.status === 0 ? 'inconclusive' : 'fail',
      reason,
      evidence: [after, ...last],
    };
  }
  if (last[0]?.status === 429) {
    const reason = `429 after ${guesses.length} wrong tokens; the good one still works.`;
    return { outcome: 'pass', reason, evidence: [after, ...last] };
  }
  const slower = slowdown(guesses);
  if (slower !== undefined) {
    return { outcome: 'pass', reason: `${slower}; the good one still works.`, evidence: last };
  }
  const reason = `${guesses.length} wrong tokens in a row were answered alike, without a limit and without delay.`;
  return { outcome: 'warn', reason, evidence: last };
}

/** Milliseconds by which an answer must be slower to be slowed down on purpose. */
const ON_PURPOSE = 200;

function slowdown(guesses: readonly Answer[]): string | undefined {
  const first = median(guesses.slice(0, 5).map(({ headersMs }) => headersMs));
  const last = median(guesses.slice(-5).map(({ headersMs }) => headersMs));
  if (last < first + ON_PURPOSE || last < first * 2) return undefined;
  return `The answers to wrong tokens grow slower, from ${Math.round(first)} to ${Math.round(last)} ms`;
}
