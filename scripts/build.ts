/**
 * Bundles the program into dist/ostler.cjs, one file whose modules are evaluated when they are first
 * imported, and the libraries that most commands never need into dist/lib/*.cjs.
 * Why one file, why CommonJS: docs/decisions/0005-bundle.md.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions, type Plugin } from 'esbuild';
import type * as Cli from '../src/cli/main.js';
import { collectAnswers } from './answers.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const dist = path.join(root, 'dist');
const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as {
  version: string;
};

/** Libraries with files of their own, by the specifiers that mean them. None of them imports our code. */
const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  yaml: ['yaml'],
  ajv: ['ajv/dist/2020.js'],
  'http-proxy-agent': ['http-proxy-agent'],
  'https-proxy-agent': ['https-proxy-agent'],
  'sdk-server': [
    '@modelcontextprotocol/sdk/server/index.js',
    '@modelcontextprotocol/sdk/server/sse.js',
    '@modelcontextprotocol/sdk/server/streamableHttp.js',
    '@modelcontextprotocol/sdk/types.js',
  ],
};

/** Leaves the libraries out: `require` loads their file when the module that imports them is evaluated. */
const librariesApart: Plugin = {
  name: 'libraries-apart',
  setup(builder) {
    const fileOf = new Map(
      Object.entries(LIBRARIES).flatMap(([file, names]) => names.map((name) => [name, file])),
    );
    builder.onResolve({ filter: /^[^./]/ }, ({ path: name, namespace }) => {
      const file = fileOf.get(name);
      return file === undefined || namespace === 'library'
        ? undefined
        : { path: file, namespace: 'library' };
    });
    builder.onLoad({ filter: /.*/, namespace: 'library' }, ({ path: file }) => ({
      contents: `module.exports = require('./lib/${file}.cjs');`,
    }));
    builder.onResolve({ filter: /^\.\/lib\//, namespace: 'library' }, ({ path: file }) => ({
      path: file,
      external: true,
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

const common: BuildOptions = {
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
};

await rm(dist, { recursive: true, force: true });
const program = await build({
  ...common,
  entryPoints: [path.join(root, 'src/cli/main.ts')],
  outfile: path.join(dist, 'ostler.cjs'),
  metafile: true,
  define: { OSTLER_VERSION: JSON.stringify(version), 'process.env.NODE_ENV': '"production"' },
  plugins: [librariesApart, withoutUndici, withoutSdkAjv],
});
await Promise.all(
  Object.entries(LIBRARIES).map(([file, names]) =>
    build({
      ...common,
      stdin: {
        contents: names.map((name) => `export * from ${JSON.stringify(name)};`).join('\n'),
        resolveDir: root,
      },
      outfile: path.join(dist, `lib/${file}.cjs`),
    }),
  ),
);
await writeFile(path.join(dist, 'meta.json'), JSON.stringify(program.metafile));

const { createProgram } = createRequire(import.meta.url)('../dist/ostler.cjs') as typeof Cli;
const answers = collectAnswers(createProgram, version);
await writeFile(path.join(dist, 'answers.json'), JSON.stringify(answers));
