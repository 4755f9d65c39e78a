import type { Results, ScenarioResult, SetResult } from './types.js';

export interface Score {
  /** Scenarios that passed, of those that count. */
  passed: number;
  scenarios: number;
  checksPassed: number;
  checks: number;
  /** Of the scenarios that passed: nothing was checked. */
  empty: number;
  /** Scenarios that do not count. */
  unscored: { passed: number; scenarios: number };
}

export function score({ scenarios }: SetResult): Score {
  const counted = scenarios.filter(({ unscored }) => unscored === undefined);
  const others = scenarios.filter(({ unscored }) => unscored !== undefined);
  const passed = counted.filter(({ ok }) => ok);
  return {
    passed: passed.length,
    scenarios: counted.length,
    checksPassed: sum(counted, 'passed'),
    checks: sum(counted, 'passed') + sum(counted, 'failed'),
    empty: passed.filter(isEmpty).length,
    unscored: { passed: others.filter(({ ok }) => ok).length, scenarios: others.length },
  };
}

/** The scenario is about something the client does not have, so the suite checked nothing. */
export function isEmpty(result: ScenarioResult): boolean {
  return result.passed + result.failed + result.warned === 0;
}

/** What passed once and does not now; a scenario that was not run now is no loss. */
export function regressions(before: Results, now: Results): string[] {
  return now.sets.flatMap(({ set, scenarios }) => {
    const then = before.sets.find((one) => one.set === set)?.scenarios ?? [];
    const passed = new Set(then.filter(({ ok }) => ok).map(({ scenario }) => scenario));
    return scenarios
      .filter(({ ok, scenario }) => !ok && passed.has(scenario))
      .map(({ scenario }) => `${set}: ${scenario}`);
  });
}

function sum(results: readonly ScenarioResult[], key: 'passed' | 'failed'): number {
  return results.reduce((total, result) => total + result[key], 0);
}
