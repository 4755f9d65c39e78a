import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ConformanceSet } from './sets.js';
import type { ScenarioResult } from './types.js';

export interface Suite {
  /** test/conformance */
  folder: string;
  /** The command line of the client; the suite splits it at spaces and runs it in a shell. */
  client: string;
}

/** The suite's own limit for its client is 30 seconds; milliseconds. */
const LONGEST_MS = 90_000;

/** The suites need Node 22; the client they test runs on the Node of this process. */
export function suiteNode(folder: string): string {
  if (Number(process.versions.node.split('.')[0]) >= 22) return process.execPath;
  const names = ['node', 'node-bin'].map((name) => `${name}-${process.platform}-${process.arch}`);
  const files = names.map((name) => path.join(folder, 'node_modules', name, 'bin/node'));
  const found = files.find((file) => existsSync(file));
  if (found === undefined) throw new Error('no Node >= 22: npm ci --prefix test/conformance');
  return found;
}

/** Scenarios of a set and, for those that do not count, why not; from the suite itself. */
export async function listScenarios(
  suite: Suite,
  set: ConformanceSet,
): Promise<{ scenario: string; unscored?: string }[]> {
  // It has no list of a selection, but it runs one: with a client that does nothing.
  const { stdout } = await runSuite(suite, set, [...set.select, '--command', 'true']);
  const reasons = new Map(
    Array.from(stdout.matchAll(/^ {2}[✓✗] (\S+) \((.+)\)$/gm), ([, name = '', why = '']) => [
      name,
      why,
    ]),
  );
  const scenarios = Array.from(stdout.matchAll(/^[✓✗-] (\S+): /gm), ([, scenario = '']) => {
    const unscored = reasons.get(scenario);
    return { scenario, ...(unscored === undefined ? {} : { unscored }) };
  });
  const [, announced = ''] = /\((\d+) scenarios\)/.exec(stdout) ?? [];
  if (scenarios.length === 0 || scenarios.length !== Number(announced)) {
    throw new Error(`${set.title}: the suite's list could not be read`);
  }
  return scenarios;
}

type Outcome = Omit<ScenarioResult, 'unscored' | 'tries'>;

/** One scenario as this set runs it. */
export async function runScenario(
  suite: Suite,
  set: ConformanceSet,
  scenario: string,
): Promise<Outcome> {
  const output = await mkdtemp(path.join(tmpdir(), 'ostler-suite-'));
  try {
    const args = ['--scenario', scenario, '--command', suite.client, '-o', output, ...set.each];
    const { code, stderr } = await runSuite(suite, set, args);
    const checks = await readChecks(output);
    const count = (status: string) => checks.filter((check) => check.status === status).length;
    const ok = code === 0;
    const why = checks
      .filter(({ status }) => status === 'FAILURE' || status === 'WARNING')
      .map(({ name, errorMessage, description }) => `${name}: ${errorMessage ?? description}`);
    return {
      scenario,
      ok,
      passed: count('SUCCESS'),
      failed: count('FAILURE'),
      warned: count('WARNING'),
      ...(ok ? {} : { why: [...why, lastLines(await readOutput(output, 'stderr.txt', stderr))] }),
    };
  } finally {
    await rm(output, { recursive: true, force: true });
  }
}

interface Check {
  name: string;
  description: string;
  status: string;
  errorMessage?: string;
}

async function readChecks(folder: string): Promise<Check[]> {
  return JSON.parse(await readOutput(folder, 'checks.json', '[]')) as Check[];
}

/** A file the suite left; it makes a folder of its own for each run. */
async function readOutput(folder: string, name: string, otherwise: string): Promise<string> {
  const files = await readdir(folder, { recursive: true });
  const file = files.find((one) => path.basename(one) === name);
  return file === undefined ? otherwise : readFile(path.join(folder, file), 'utf8');
}

function runSuite({ folder }: Suite, set: ConformanceSet, args: readonly string[]) {
  const entry = path.join(folder, 'node_modules', set.suite, 'dist/index.js');
  if (!existsSync(entry)) throw new Error('not installed: npm ci --prefix test/conformance');
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(
      suiteNode(folder),
      [entry, 'client', ...args],
      { timeout: LONGEST_MS, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
        resolve({ code, stdout, stderr });
      },
    );
  });
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-3).join(' ').slice(0, 500);
}
