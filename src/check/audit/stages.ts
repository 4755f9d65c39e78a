import { abortError, toErrorInfo } from '../../core/errors.js';
import type { CheckResult } from '../../core/check-events.js';
import { withSignal } from '../../core/wait.js';
import { BudgetSpent, type Account } from './budget.js';
import { auditFor, type EraRun } from './facade.js';
import { byWorth, type Admission, type Item } from './plan.js';
import { toResult } from './result.js';
import type { Finding } from './types.js';

export interface Stages {
  run: EraRun;
  items: readonly Item[];
  admission: Admission;
  onResult: (item: Item, result: CheckResult) => void;
  /** Awaited before the last stage, whose checks may disturb the server. */
  beforeLast: () => Promise<void>;
}

/**
 * Runs the checks of one era. Those of the first stage follow one another, each as soon as the one
 * before it only waits on the watched stream; then all others side by side; then those that may
 * disturb them in the same way as the first, those of `--active` at the very end. Where the budget
 * does not reach, the least severe ones are not run.
 */
export async function runStages(stages: Stages): Promise<void> {
  const of = (stage: 'first' | 'last' | undefined) =>
    stages.items.filter(({ check }) => check.stage === stage);
  const begun = await inTurn(stages, of('first'));
  await sideBySide(stages, of(undefined), begun);
  await stages.beforeLast();
  const quiet = of('last').filter(({ check }) => !check.active);
  await Promise.all(await inTurn(stages, quiet));
  for (const item of of('last').filter(({ check }) => check.active)) {
    await Promise.all(await inTurn(stages, [item]));
  }
}

/** One after the other, each as soon as the one before it only waits; what has begun. */
async function inTurn(stages: Stages, items: readonly Item[]): Promise<Set<Promise<void>>> {
  const begun = new Set<Promise<void>>();
  for (const item of items) {
    const started = start(stages, item) ?? startAnyway(stages, item);
    if (started === undefined) continue;
    begun.add(started.done);
    await Promise.race([started.done, started.waits]);
  }
  return begun;
}

/** The most severe ones first; each begins when those that run have left it enough requests. */
async function sideBySide(
  stages: Stages,
  items: readonly Item[],
  begun: ReadonlySet<Promise<void>>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  const track = (done: Promise<void>) => {
    const tracked = done.finally(() => running.delete(tracked));
    running.add(tracked);
  };
  for (const done of begun) track(done);
  for (const item of byWorth(items)) {
    let started = start(stages, item);
    while (started === undefined && running.size > 0) {
      await Promise.race(running);
      started = start(stages, item);
    }
    started ??= startAnyway(stages, item);
    if (started !== undefined) track(started.done);
  }
  await Promise.all(running);
}

interface Started {
  done: Promise<void>;
  waits: Promise<void>;
}

function start(stages: Stages, item: Item): Started | undefined {
  const account = stages.admission.admit(item);
  return account === undefined ? undefined : begin(stages, item, account);
}

/** With what is left, which may do; else it is told that it was not run. */
function startAnyway(stages: Stages, item: Item): Started | undefined {
  const { admission, run, onResult } = stages;
  const account = admission.force(item);
  if (account !== undefined) return begin(stages, item, account);
  admission.drop(item);
  const { message } = new BudgetSpent(run.engine.budget.max);
  onResult(item, toResult(run.engine, item.check, { finding: inconclusive(message), requests: 0 }));
  return undefined;
}

function begin({ run, onResult }: Stages, item: Item, account: Account): Started {
  const { check } = item;
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
