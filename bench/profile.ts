/**
 * Where the time of a scenario goes: `npx tsx bench/profile.ts [stdio|sse|…] [--node 24] [--role raw|libs|ours]`.
 * Prints self times by file and by function, the scripts that were loaded, and whether undici was.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { endAll, now, runToEnd } from './lib/child.js';
import { startFakes } from './lib/fakes.js';
import { resolveNode } from './lib/nodes.js';
import { type Cost, readProfile, selfTimes } from './lib/profile.js';
import { SCENARIOS } from './lib/scenarios.js';

const PRELOAD = path.join(import.meta.dirname, 'lib/scripts.cjs');
const SHOWN = 25;

function print(title: string, costs: readonly Cost[]): void {
  process.stdout.write(`\n${title}\n`);
  for (const { name, self } of costs.slice(0, SHOWN)) {
    process.stdout.write(`${self.toFixed(1).padStart(8)}  ${name}\n`);
  }
}

interface Loaded {
  scripts: readonly { url: string; length: number }[];
  builtins: readonly string[];
}

function printLoaded({ scripts, builtins }: Loaded): void {
  const own = scripts.filter(({ url }) => /^file:|^\//.test(url) && !url.includes('/bench/lib/'));
  process.stdout.write('\nscripts loaded, kB\n');
  for (const { url, length } of own) {
    const size = (length / 1000).toFixed(1).padStart(8);
    process.stdout.write(`${size}  ${path.relative(process.cwd(), url.replace('file://', ''))}\n`);
  }
  const undici = builtins.some((name) => name.includes('internal/deps/undici'));
  process.stdout.write(
    `\n${builtins.length} modules of node, undici ${undici ? 'LOADED' : 'not'}\n`,
  );
}

async function main(): Promise<void> {
  const options = { node: { type: 'string' }, role: { type: 'string' } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const node = (await resolveNode(values.node ?? 'current')).file;
  const make = SCENARIOS.get(positionals[0] ?? 'stdio');
  if (!make) throw new TypeError(`one of ${[...SCENARIOS.keys()].join(', ')}`);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'ostler-profile-'));
  const fakes = await startFakes();
  try {
    const { subjects } = await make({ node, fakes, folder, quick: true });
    const subject = subjects.findLast(({ role }) => role === (values.role ?? 'ours'));
    if (!subject) throw new TypeError(`no subject in the role ${values.role}`);
    if ('play' in subject) throw new TypeError('a program at a terminal has no end to profile to');
    const profiles = path.join(folder, 'profiles');
    mkdirSync(profiles);
    const loaded = path.join(folder, 'scripts.json');
    const env = { PATH: process.env['PATH'] ?? '', HOME: folder, BENCH_SCRIPTS: loaded };
    const command = { node, env, cwd: folder, limit: 60_000 };
    const { argv } = subject;
    await runToEnd({ ...command, argv });
    const startedAt = now();
    await runToEnd({ ...command, argv });
    process.stdout.write(
      `${subject.id}: ${(now() - startedAt).toFixed(0)} ms without a profiler\n`,
    );
    const profiling = ['--cpu-prof', '--cpu-prof-dir', profiles, '--cpu-prof-interval', '200'];
    await runToEnd({ ...command, argv: [...profiling, ...argv] });
    await runToEnd({ ...command, argv: ['--require', PRELOAD, ...argv] });
    const { files, functions } = selfTimes(readProfile(profiles));
    print('self time by file, ms', files);
    print('self time by function, ms', functions);
    printLoaded(JSON.parse(readFileSync(loaded, 'utf8')));
  } finally {
    fakes.close();
    endAll();
    rmSync(folder, { recursive: true, force: true });
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`profile: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
