import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { inkWithoutWaiting } from '../../scripts/build/ink.js';

const ROOT = path.resolve(import.meta.dirname, '../..');

const LAUNCHER = `require('./compile-cache.cjs').enable(process.env);\nrequire('../dist/floor.cjs');\n`;

/** Bundles the floor of the chat, with Ink as the program has it but for the parts that are ours, into `folder`; resolves to the file that node runs. */
export async function buildFloor(folder: string): Promise<string> {
  const [bin, dist] = [path.join(folder, 'floor/bin'), path.join(folder, 'floor/dist')];
  await Promise.all([mkdir(bin, { recursive: true }), mkdir(dist, { recursive: true })]);
  await build({
    entryPoints: [path.join(ROOT, 'bench/floor/ink.tsx')],
    outfile: path.join(dist, 'floor.cjs'),
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    minify: true,
    supported: { 'dynamic-import': false },
    define: { 'process.env.NODE_ENV': '"production"' },
    jsx: 'automatic',
    legalComments: 'none',
    logLevel: 'error',
    plugins: [inkWithoutWaiting],
  });
  await copyFile(path.join(ROOT, 'bin/compile-cache.cjs'), path.join(bin, 'compile-cache.cjs'));
  const launcher = path.join(bin, 'floor.cjs');
  await writeFile(launcher, LAUNCHER);
  return launcher;
}
