import type { ConformanceSet } from './sets.js';
import { listScenarios, runScenario, type Suite } from './suite.js';
import type { ScenarioResult, SetResult } from './types.js';

export interface RunOptions {
  sets: readonly ConformanceSet[];
  /** Only scenarios whose name contains this. */
  filter: string;
  /** Scenarios at a time. */
  jobs: number;
  onResult: (set: ConformanceSet, result: ScenarioResult) => void;
}

/** Runs the sets. A scenario that fails is run once more: the suites have limits in wall time. */
export async function runSets(suite: Suite, options: RunOptions): Promise<SetResult[]> {
  const results: SetResult[] = [];
  /** The same scenario, run the same way, is in several sets. */
  const known = new Map<string, ScenarioResult>();
  for (const set of options.sets) {
    const listed = await listScenarios(suite, set);
    const wanted = listed.filter(({ scenario }) => scenario.includes(options.filter));
    const scenarios = await inParallel(wanted, options.jobs, async ({ scenario, unscored }) => {
      const key = [set.suite, scenario, ...set.each].join(' ');
      const result = known.get(key) ?? (await runTwice(suite, set, scenario));
      known.set(key, result);
      const told = { ...result, ...(unscored === undefined ? {} : { unscored }) };
      options.onResult(set, told);
      return told;
    });
    results.push({ set: set.name, scenarios });
  }
  return results;
}

async function runTwice(
  suite: Suite,
  set: ConformanceSet,
  scenario: string,
): Promise<ScenarioResult> {
  const first = await runScenario(suite, set, scenario);
  if (first.ok) return first;
  return { ...(await runScenario(suite, set, scenario)), tries: 2 };
}

async function inParallel<T, R>(
  items: readonly T[],
  jobs: number,
  use: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const work = async () => {
    for (let index = next++; index < items.length; index = next++) {
      results[index] = await use(items[index] as T);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return results;
}
