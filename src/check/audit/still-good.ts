import type { CheckResult } from '../../core/check-events.js';
import { ask } from './ask.js';
import type { EraRun } from './facade.js';
import type { Answer, Asked } from './types.js';

/**
 * Asks as at the beginning whether the good credential still gets through, when there are results
 * that rest on refusals. Undefined when there are none, or when it cannot be asked any more. What
 * the checks have asked for the same reason does where no request is left beside the `needed` ones.
 */
export async function askStillGood(
  run: EraRun,
  { results, needed }: { results: readonly CheckResult[]; needed: number },
): Promise<Answer | undefined> {
  const { engine, controlled } = run;
  const { victim, capabilities } = controlled.control;
  const isNeeded = results.some((result) => result.outcome === 'pass' && hasRefusal(result));
  if (!isNeeded || controlled.failure !== undefined || engine.signal.aborted) return undefined;
  const known = await listedAgain(run);
  if (known !== undefined && isRefused(known.status)) return known;
  const spare = engine.budget.free - (known === undefined ? 0 : needed);
  if (spare <= 0) return undefined;
  const harmless = victim.era === 'stateless' ? 'server/discover' : 'ping';
  const method = 'tools' in capabilities ? 'tools/list' : harmless;
  const options = { what: `${method} as good, after all refusals` };
  const account = engine.budget.reserve(1);
  try {
    const asked = await ask(engine, account, { session: victim, method, options });
    return asked.answer;
  } catch {
    return undefined;
  } finally {
    account.close();
  }
}

async function listedAgain({ shared }: EraRun): Promise<Answer | undefined> {
  const work = shared.get('list-again') as Promise<Asked> | undefined;
  return work?.then(
    ({ answer }) => answer,
    () => undefined,
  );
}

/** A refusal that the good credential gets as well shows nothing: whoever asks is locked out by then, or the session is gone. */
export function doubted(result: CheckResult, answer: Answer | undefined): CheckResult {
  if (answer === undefined || result.outcome !== 'pass') return result;
  const { status } = answer;
  const isRefusal = isRefused(status) && result.evidence.some((one) => one.status === status);
  if (!isRefusal) return result;
  const reason = `Refused, but in the end the good credential was answered ${status} too, in its own session: the server had begun to refuse everything. Ask for less at once: --only, --rate.`;
  return {
    ...result,
    outcome: 'inconclusive',
    reason,
    evidence: [...result.evidence, answer.evidence],
  };
}

function hasRefusal({ evidence }: CheckResult): boolean {
  return evidence.some(({ status }) => isRefused(status));
}

/** What a limit says is taken for no refusal anywhere. */
function isRefused(status: number): boolean {
  return status >= 400 && status < 500 && status !== 429;
}
