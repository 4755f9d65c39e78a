/**
 * Bundles src/cli/main.ts into dist/: minified ESM, one chunk for each lazily loaded command body.
 * What it adds to plain esbuild keeps short commands short (docs/decisions/0005-bundle.md).
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { collectAnswers } from './answers.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as {
  version: string;
};
const builtins = new Set(builtinModules.filter((name) => !name.startsWith('_')));

/** `import x from 'node:y'` becomes `process.getBuiltinModule('node:y')`: the ES view of a module reads its lazy getters, and those of node:http load undici. */
const builtinsWithoutFacade: Plugin = {
  name: 'builtins-without-facade',
  setup(builder) {
    builder.onResolve({ filter: /^(node:)?[a-z_/0-9]+$/ }, ({ path: name, kind }) => {
      const bare = name.replace(/^node:/, '');
      if (!builtins.has(bare) || kind === 'entry-point') return undefined;
      return { path: bare, namespace: 'builtin' };
    });
    builder.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path: name }) => ({
      contents: `module.exports = process.getBuiltinModule('node:${name}');`,
      loader: 'js',
    }));
  },
};

/** The web globals that would load undici, replaced by our own in the two client libraries. */
const withoutUndici: Plugin = {
  name: 'without-undici',
  setup(builder) {
    const filter = /node_modules\/(@modelcontextprotocol\/(client|core)|ollama)\/.*\.m?js$/;
    builder.onLoad({ filter }, async ({ path: file }) => {
      const source = await readFile(file, 'utf8');
      const used = ['Headers', 'Response'].filter((name) =>
        new RegExp(`\\b${name}\\b`).test(source),
      );
      if (used.length === 0) return undefined;
      const shim = path.join(root, 'src/net/web.ts');
      return {
        contents: `import { ${used.join(', ')} } from ${JSON.stringify(shim)};\n${source}`,
        loader: 'js',
      };
    });
    // Its only effect is to put a fetch on old browsers.
    builder.onResolve({ filter: /^whatwg-fetch$/ }, () => ({
      path: 'whatwg-fetch',
      namespace: 'empty',
    }));
    builder.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: '' }));
  },
};

/** The SDK's default validator is ajv with `pattern` on; the host brings its own, so it stays out. */
const withoutSdkAjv: Plugin = {
  name: 'without-sdk-ajv',
  setup(builder) {
    builder.onResolve({ filter: /^@modelcontextprotocol\/client\/_shims$/ }, () => ({
      path: path.join(root, 'src/mcp/sdk-shims.ts'),
    }));
  },
};

await rm(path.join(root, 'dist'), { recursive: true, force: true });
const result = await build({
  entryPoints: { main: path.join(root, 'src/cli/main.ts') },
  outdir: path.join(root, 'dist'),
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minify: true,
  metafile: true,
  legalComments: 'none',
  chunkNames: 'chunks/[name]-[hash]',
  define: { OSTLER_VERSION: JSON.stringify(version), 'process.env.NODE_ENV': '"production"' },
  banner: {
    js: "const require=process.getBuiltinModule('node:module').createRequire(import.meta.url);",
  },
  plugins: [builtinsWithoutFacade, withoutUndici, withoutSdkAjv],
  logLevel: 'warning',
});
await writeFile(path.join(root, 'dist/meta.json'), JSON.stringify(result.metafile));

/** Texts of `--version` and of every command's `--help`, keyed by the command line, for the launcher. */
const { createProgram } = (await import(
  pathToFileURL(path.join(root, 'dist/main.js')).href
)) as typeof import('../src/cli/main.js');
await writeFile(
  path.join(root, 'dist/answers.json'),
  JSON.stringify(collectAnswers(createProgram, version)),
);
