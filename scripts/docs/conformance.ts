import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isEmpty, score } from '../conformance/score.js';
import { SETS, type ConformanceSet } from '../conformance/sets.js';
import type { Results, ScenarioResult, SetResult } from '../conformance/types.js';
import { toCode, toTable } from './markdown.js';

/** The README's table: a row for each set. */
export async function conformanceScore(root: string): Promise<string> {
  const results = await readResults(root);
  const rows = eachSet(results).map(([set, result]) => {
    const { passed, scenarios, empty, checksPassed, checks, unscored } = score(result);
    return [
      set.title,
      `${passed} of ${scenarios}${empty === 0 ? '' : ` (${empty} check nothing)`}`,
      `${checksPassed} of ${checks}`,
      unscored.scenarios === 0 ? '–' : `${unscored.passed} of ${unscored.scenarios}`,
    ];
  });
  return toTable(['suite and set', 'scenarios', 'checks', 'not scored by the suite'], rows);
}

/** Every scenario by every set that has it. */
export async function conformanceScenarios(root: string): Promise<string> {
  const results = await readResults(root);
  // All of a suite is told once; `core` is a part of `all`.
  const sets = eachSet(results).filter(([{ name }]) => name !== 'stable-core');
  const names = new Set(
    sets.toReversed().flatMap(([, { scenarios }]) => scenarios.map(({ scenario }) => scenario)),
  );
  const rows = Array.from(names, (name) => [
    toCode(name),
    ...sets.map(([, { scenarios }]) => toCell(scenarios.find((one) => one.scenario === name))),
  ]);
  const { measured, node } = results;
  const table = toTable(['scenario', ...sets.map(([{ title }]) => title)], rows);
  return `Measured on ${measured}, the client on Node ${node}.\n\n${table}`;
}

function toCell(result: ScenarioResult | undefined): string {
  if (result === undefined) return '';
  if (isEmpty(result)) return 'nothing checked';
  const { ok, passed, failed, unscored, tries = 1 } = result;
  return [
    ok ? '' : 'fails, ',
    `${passed} of ${passed + failed}`,
    unscored === undefined ? '' : ' (not scored)',
    tries > 1 && ok ? ', second try' : '',
  ].join('');
}

function eachSet({ sets }: Results): [ConformanceSet, SetResult][] {
  return SETS.flatMap((set): [ConformanceSet, SetResult][] => {
    const result = sets.find((one) => one.set === set.name);
    return result === undefined ? [] : [[set, result]];
  });
}

async function readResults(root: string): Promise<Results> {
  const file = path.join(root, 'test/conformance/results.json');
  return JSON.parse(await readFile(file, 'utf8')) as Results;
}
