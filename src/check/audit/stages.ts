import { abortError, toErrorInfo } from '../../core/errors.js';
import type { CheckResult } from '../../core/check-events.js';
import { withSignal } from '../../core/wait.js';
import { BudgetSpent } from './budget.js';
import { auditFor, type EraRun } from './facade.js';
import type { Item } from './plan.js';
import { toResult } from './result.js';
import type { Finding } from './types.js';

type OnResult = (item: Item, result: CheckResult) => void;

/**
 * Runs the checks of one era. Those of the first stage follow one another, each as soon as the one
 * before it only waits on the watched stream; then all others side by side; then those that may
 * disturb them, one by one.
 */
export async function runStages(run: EraRun, items: readonly Item[], onResult: OnResult) {
  const of = (stage: 'first' | 'last' | undefined) =>
    items.filter(({ check }) => check.stage === stage);
  const begun: Promise<void>[] = [];
  for (const item of of('first')) {
    const { done, waits } = start(run, item, onResult);
    begun.push(done);
    await Promise.race([done, waits]);
  }
  await Promise.all([...begun, ...of(undefined).map((item) => start(run, item, onResult).done)]);
  for (const item of of('last')) await start(run, item, onResult).done;
}

function start(run: EraRun, item: Item, onResult: OnResult) {
  const { check, account } = item;
  const { audit, waits } = auditFor(run, account);
  const finish = async () => {
    const finding = await findingOf(run, async () => check.run(audit));
    account.close();
    onResult(item, toResult(run.engine, check, { finding, requests: account.used }));
  };
  return { done: finish(), waits };
}

/** Never rejects: what a check throws is a bug of ours, told as such and not as the server's. */
async function findingOf({ engine }: EraRun, work: () => Promise<Finding>): Promise<Finding> {
  const { signal } = engine;
  try {
    return await withSignal(work(), signal);
  } catch (error) {
    if (signal.aborted) return inconclusive(`not finished: ${abortError(signal).message}`);
    if (error instanceof BudgetSpent) return inconclusive(error.message);
    return inconclusive(`the check itself failed: ${toErrorInfo(error).message}`);
  }
}

export function inconclusive(reason: string): Finding {
  return { outcome: 'inconclusive', reason };
}
