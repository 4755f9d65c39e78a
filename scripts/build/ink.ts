import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/**
 * Ink waits for its layout engine at the top of a module, which CommonJS cannot; here the engine
 * fills its module when it is there, and `layoutReady` tells. It gets no `fetch`, which it would
 * use to read its own data: URL and which loads undici.
 */
export const inkWithoutWaiting: Plugin = {
  name: 'ink-without-waiting',
  setup(builder) {
    const yoga = path.join(root, 'node_modules/yoga-layout/dist');
    builder.onResolve({ filter: /^yoga-layout$|\/layout-engine\.[jt]s$/ }, () => ({
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
      resolveDir: yoga,
    }));
    builder.onLoad({ filter: /yoga-wasm-base64-esm\.js$/ }, async ({ path: file }) => ({
      contents: `const fetch = undefined;\n${await readFile(file, 'utf8')}`,
    }));
    // React's developer tools, which DEV=true would load at the top of a module.
    builder.onLoad({ filter: /ink\/build\/reconciler\.js$/ }, async ({ path: file }) => ({
      contents: (await readFile(file, 'utf8')).replaceAll(
        /await (import\('.*?'\)|loadPackageJson\(\))/g,
        '{}',
      ),
    }));
    // Whether somebody is there the chat has decided already; CI=true in a terminal says nothing.
    builder.onResolve({ filter: /^is-in-ci$/ }, () => ({ path: 'is-in-ci', namespace: 'never' }));
    builder.onLoad({ filter: /.*/, namespace: 'never' }, () => ({
      contents: 'export default false;',
    }));
  },
};

/** Libraries that make a segmenter, or read all of Unicode's emoji, when they are loaded. */
const USERS =
  /node_modules\/(string-width|wrap-ansi|slice-ansi|@alcalzone\/ansi-tokenize)\/.*\.js$/;

/** Gives them our own, which takes neither for a text that does not need it. */
export const graphemesLater: Plugin = {
  name: 'graphemes-later',
  setup(builder) {
    const ours = path.join(root, 'src/render/segmenter.ts');
    builder.onLoad({ filter: USERS }, async ({ path: file }) => {
      const source = await readFile(file, 'utf8');
      const contents = source
        .replace(/new Intl\.Segmenter\([^)]*\)/, 'createSegmenter()')
        .replace(/\/\^\\p\{RGI_Emoji\}\$\/v/, 'createEmojiTest()');
      if (contents === source) return undefined;
      return {
        contents: `import { createEmojiTest, createSegmenter } from '${ours}';\n${contents}`,
      };
    });
  },
};

/** Ink's parts that are ours in the bundle, by the end of their file names. */
const PARTS: Readonly<Record<string, string>> = {
  'output.js': 'RowOutput',
  'measure-text.js': 'measureRows',
};

/** Puts what draws rows in the place of what lays texts out. */
export const inkForRows: Plugin = {
  name: 'ink-for-rows',
  setup(builder) {
    const ours = path.join(root, 'src/render/ink/ink-parts.ts');
    builder.onLoad({ filter: /ink\/build\/(output|measure-text)\.js$/ }, ({ path: file }) => ({
      contents: `export { ${PARTS[path.basename(file)] ?? ''} as default } from '${ours}';`,
    }));
  },
};
