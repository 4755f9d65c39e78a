/**
 * The official conformance suites against the program's own client: `npm run conformance`. Exits 1
 * when a scenario fails that passed in test/conformance/results.json.
 *
 *   --write         keeps the results there, and writes the tables of the documentation
 *   --set NAME      one set (repeatable)
 *   --filter TEXT   scenarios whose name contains this
 *   --jobs N        at a time; 2 unless given
 *   --limit MIN     gives up, as a failure, after so many minutes
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildClient } from './conformance/client.js';
import { runSets } from './conformance/run.js';
import { SETS } from './conformance/sets.js';
import { regressions, score } from './conformance/score.js';
import type { Results, ScenarioResult } from './conformance/types.js';
import { writeDocs } from './docs/write.js';

const root = path.resolve(import.meta.dirname, '..');
const kept = path.join(root, 'test/conformance/results.json');
const { values } = parseArgs({
  options: {
    write: { type: 'boolean', default: false },
    set: { type: 'string', multiple: true, default: [] },
    filter: { type: 'string', default: '' },
    jobs: { type: 'string', default: '2' },
    limit: { type: 'string', default: '60' },
  },
});

const say = (line: string) => process.stdout.write(`${line}\n`);

function tell({ title }: { title: string }, result: ScenarioResult): void {
  const { scenario, ok, passed, failed, tries = 1, why = [] } = result;
  const counts = `${passed} of ${passed + failed}${tries > 1 ? `, ${tries} tries` : ''}`;
  say(`${ok ? '✓' : '✗'} ${title} · ${scenario} · ${counts}`);
  for (const line of why) say(`    ${line}`);
}

async function readKept(): Promise<Results | undefined> {
  try {
    return JSON.parse(await readFile(kept, 'utf8')) as Results;
  } catch {
    return undefined;
  }
}

async function main(): Promise<number> {
  const client = await buildClient(root);
  try {
    const sets = SETS.filter(({ name }) => values.set.length === 0 || values.set.includes(name));
    const suite = { folder: path.join(root, 'test/conformance'), client: client.command };
    const options = { sets, filter: values.filter, jobs: Number(values.jobs), onResult: tell };
    const results: Results = {
      measured: new Date().toISOString().slice(0, 10),
      node: process.version,
      sets: await runSets(suite, options),
    };
    for (const set of results.sets) {
      const { passed, scenarios, checksPassed, checks } = score(set);
      say(`${set.set}: ${passed} of ${scenarios} scenarios, ${checksPassed} of ${checks} checks`);
    }
    return values.write ? await write(results) : compare(await readKept(), results);
  } finally {
    await client.remove();
  }
}

async function write(results: Results): Promise<number> {
  if (results.sets.length < SETS.length || values.filter !== '') {
    say('Only a complete run is written.');
    return 2;
  }
  await writeFile(kept, `${JSON.stringify(results, null, 2)}\n`);
  await writeDocs(root);
  return 0;
}

function compare(before: Results | undefined, now: Results): number {
  const lost = before === undefined ? [] : regressions(before, now);
  for (const line of lost) say(`no longer passes: ${line}`);
  return lost.length > 0 ? 1 : 0;
}

const minutes = Number(values.limit);
setTimeout(() => {
  say(`Not done after ${minutes} minutes.`);
  process.exit(1);
}, minutes * 60_000).unref();
process.exitCode = await main();
