/**
 * MCP features by era and transport, measured: runs test/integration/features-*.test.ts, keeps what
 * came of it in test/fixtures/features.json and writes the tables of the documentation. Exits 1 when
 * something failed.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { COLUMNS, type FeatureResults } from '../test/support/features.js';
import { writeDocs } from './docs/write.js';

const root = path.resolve(import.meta.dirname, '..');

/** What is read of vitest's JSON report. */
interface Report {
  testResults: {
    assertionResults: { ancestorTitles: string[]; title: string; status: string }[];
  }[];
}

async function runTests(): Promise<Report> {
  const folder = await mkdtemp(path.join(tmpdir(), 'ostler-features-'));
  const report = path.join(folder, 'report.json');
  try {
    const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    // A shared machine can be slow; one retry, as in CI.
    const args = [vitest, 'run', 'test/integration/features-', '--retry=1', ...reporters];
    await new Promise((resolve, reject) => {
      const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
      child.once('error', reject);
      child.once('exit', resolve);
    });
    return JSON.parse(await readFile(report, 'utf8')) as Report;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function toResults({ testResults }: Report): FeatureResults {
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const cells = COLUMNS.map(({ id }) => {
    const own = tests.filter(({ ancestorTitles }) => ancestorTitles.at(-1) === id);
    const outcomes = own.map(({ title, status }) => [
      title,
      status === 'passed' ? 'passed' : 'failed',
    ]);
    return [id, Object.fromEntries(outcomes)] as const;
  });
  return {
    measured: new Date().toISOString().slice(0, 10),
    node: process.version,
    cells: Object.fromEntries(cells) as FeatureResults['cells'],
  };
}

const results = toResults(await runTests());
await writeFile(
  path.join(root, 'test/fixtures/features.json'),
  `${JSON.stringify(results, null, 2)}\n`,
);
await writeDocs(root);
const failed = Object.values(results.cells).some((cells) =>
  Object.values(cells).includes('failed'),
);
process.exitCode = failed ? 1 : 0;
