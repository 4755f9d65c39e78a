import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';

const ROOT = path.resolve(import.meta.dirname, '../..');
const YOGA = path.join(ROOT, 'node_modules/yoga-layout/dist');

/** Ink as the program bundles it (scripts/build.ts): no wait at the top of a module, no `fetch`, no developer tools. */
const inkAsOurs: Plugin = {
  name: 'ink-as-ours',
  setup(builder) {
    builder.onResolve({ filter: /^yoga-layout$|\/layout-engine\.js$/ }, () => ({
      path: 'yoga-layout',
      namespace: 'yoga',
    }));
    builder.onLoad({ filter: /.*/, namespace: 'yoga' }, () => ({
      contents: `import loadYoga from './binaries/yoga-wasm-base64-esm.js';
        import wrapAssembly from './src/wrapAssembly.js';
        const Yoga = {};
        export default Yoga;
        export const layoutReady = loadYoga().then((engine) => {
          Object.assign(Yoga, wrapAssembly(engine));
        });`,
      resolveDir: YOGA,
    }));
    builder.onLoad({ filter: /yoga-wasm-base64-esm\.js$/ }, async ({ path: file }) => ({
      contents: `const fetch = undefined;\n${await readFile(file, 'utf8')}`,
    }));
    builder.onLoad({ filter: /ink\/build\/reconciler\.js$/ }, async ({ path: file }) => ({
      contents: (await readFile(file, 'utf8')).replaceAll(
        /await (import\('.*?'\)|loadPackageJson\(\))/g,
        '{}',
      ),
    }));
  },
};

const LAUNCHER = `require('./compile-cache.cjs').enable(process.env);\nrequire('../dist/floor.cjs');\n`;

/** Bundles the floor of the chat into `folder`; resolves to the file that node runs. */
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
    plugins: [inkAsOurs],
  });
  await copyFile(path.join(ROOT, 'bin/compile-cache.cjs'), path.join(bin, 'compile-cache.cjs'));
  const launcher = path.join(bin, 'floor.cjs');
  await writeFile(launcher, LAUNCHER);
  return launcher;
}
