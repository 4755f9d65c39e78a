import type {
  CheckEra,
  CheckInfo,
  CheckResult,
  Evidence,
  Outcome,
} from '../../core/check-events.js';
import type { Engine } from './engine.js';
import type { Check, Finding } from './types.js';

/** Characters of one event that evidence shows. */
const SHOWN = 500;
const MAX_SHOWN_EVENTS = 5;

/** Worst first: of two eras' results the worse one is the server's. */
const WORST: readonly Outcome[] = ['fail', 'warn', 'inconclusive', 'pass', 'not_applicable'];

/** A finding as it is told; nothing of it holds a secret. */
export function toResult(
  { evidence }: Engine,
  check: Check,
  { finding, requests }: { finding: Finding; requests: number },
): CheckResult {
  const reason = evidence.clean(finding.reason).trim();
  return {
    ...infoOf(check),
    ...(finding.severity === undefined ? {} : { severity: finding.severity }),
    outcome: finding.outcome,
    reason: reason === '' ? 'The check gave no reason.' : reason,
    evidence: evidenceOf(finding, evidence.clean),
    requests,
  };
}

/** What arrived on the stream belongs to the request that is told last. */
function evidenceOf({ evidence = [], seen }: Finding, clean: (text: string) => string): Evidence[] {
  const all = evidence.map((answer) => answer.evidence);
  const last = all.at(-1);
  if (seen === undefined || last === undefined) return all;
  const seenOnStream = seen.slice(0, MAX_SHOWN_EVENTS).map((data) => clean(data).slice(0, SHOWN));
  return [...all.slice(0, -1), { ...last, seenOnStream }];
}

/** The worse one of two eras' results, which says the era it was found in. */
export function mergeResults(
  results: readonly { era: CheckEra; result: CheckResult }[],
): CheckResult | undefined {
  const [worst] = results.toSorted(
    (a, b) => WORST.indexOf(a.result.outcome) - WORST.indexOf(b.result.outcome),
  );
  if (worst === undefined || results.length === 1) return worst?.result;
  const requests = results.reduce((sum, { result }) => sum + result.requests, 0);
  const same = results.every(({ result }) => result.reason === worst.result.reason);
  const reason = same ? worst.result.reason : `${worst.era}: ${worst.result.reason}`;
  return { ...worst.result, reason, requests };
}

/** Without what only the engine needs. */
export function infoOf(check: Check): CheckInfo {
  const { id, title, severity, keyword, eras, references, expected, remedy, active } = check;
  return { id, title, severity, keyword, eras, references, expected, remedy, active };
}
