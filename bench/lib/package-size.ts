import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Row } from './types.js';

const execute = promisify(execFile);
const MB = 1_000_000;

export interface PackageSize {
  packages: number;
  installedBytes: number;
  /** The launcher and every file that is loaded with it before a command is known. */
  entryBytes: number;
}

async function bytesBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(async ({ parentPath, name }) => (await stat(path.join(parentPath, name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

interface Meta {
  outputs: Record<string, { bytes: number; imports: { path: string; kind: string }[] }>;
}

/** Size of dist/main.js and its static imports, from the bundler's own account. */
function entryBytes({ outputs }: Meta): number {
  const waiting = ['dist/main.js'];
  const seen = new Set<string>();
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    const imports = outputs[file]?.imports ?? [];
    waiting.push(
      ...imports.filter(({ kind }) => kind === 'import-statement').map(({ path: to }) => to),
    );
  }
  return [...seen].reduce((sum, file) => sum + (outputs[file]?.bytes ?? 0), 0);
}

/** Packs the built package, installs the tarball as a user would, and weighs what is there. */
export async function weighPackage(root: string, folder: string): Promise<PackageSize> {
  const home = path.join(folder, 'install');
  await mkdir(home, { recursive: true });
  await writeFile(path.join(home, 'package.json'), '{"private":true}');
  // Without scripts: the build is what was measured, and packing must not replace it meanwhile.
  const packing = ['pack', '--ignore-scripts', '--json', '--pack-destination', home];
  const { stdout } = await execute('npm', packing, { cwd: root });
  const [packed]: { filename: string }[] = JSON.parse(stdout);
  if (!packed) throw new Error('npm pack made nothing');
  const install = ['install', '--no-audit', '--no-fund', '--prefer-offline'];
  await execute('npm', [...install, path.join(home, packed.filename)], { cwd: home });
  const lockFile = path.join(home, 'node_modules/.package-lock.json');
  const lock: { packages: object } = JSON.parse(await readFile(lockFile, 'utf8'));
  const metaFile = path.join(root, 'dist/meta.json');
  if (!existsSync(metaFile)) throw new Error('no dist/meta.json: run `npm run build` first');
  const meta: Meta = JSON.parse(await readFile(metaFile, 'utf8'));
  return {
    packages: Object.keys(lock.packages).length,
    installedBytes: await bytesBelow(path.join(home, 'node_modules')),
    entryBytes: entryBytes(meta),
  };
}

function row(goal: string, figure: string, share: number): Row {
  return {
    scenario: 'package',
    title: 'the published package',
    goal,
    figure,
    libs: '',
    verdict: share <= 1 ? 'ok' : 'over',
    share,
  };
}

function megabytes(bytes: number): string {
  return `${(bytes / MB).toFixed(2)} MB`;
}

export function judgePackage(size: PackageSize): Row[] {
  return [
    row('≤ 15 packages', String(size.packages), size.packages / 15),
    row('≤ 10 MB installed', megabytes(size.installedBytes), size.installedBytes / (10 * MB)),
    row('entry ≤ 1 MB', megabytes(size.entryBytes), size.entryBytes / MB),
  ];
}
