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
import { APART, entryOf, fromProgram, modulesApart } from './build/apart.js';
import { graphemesLater, inkForRows, inkWithoutWaiting } from './build/ink.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const dist = path.join(root, 'dist');
const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as {
  version: string;
};

/** Libraries with files of their own, by the specifiers or source files that mean them. */
const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  'mcp-client': [path.join(root, 'src/mcp/sdk.ts')],
  'mcp-auth': [path.join(root, 'src/mcp/auth/sdk-auth.ts')],
  // The chat's screen. React and its runtime must be one copy, so they share a file with Ink.
  ink: ['ink', 'react', 'react/jsx-runtime', path.join(root, 'src/render/ink/layout-engine.ts')],
  marked: ['marked'],
  languages: [path.join(root, 'src/render/markdown/languages.ts')],
  fzf: ['fzf'],
  yaml: ['yaml'],
  zod: ['zod'],
  ajv: ['ajv/dist/2020.js'],
  clack: ['@clack/prompts'],
  open: [path.join(root, 'src/mcp/auth/open.ts')],
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
    builder.onResolve(
      { filter: /^[^.]|\/(sdk|sdk-auth|open|layout-engine|languages)\.js$/ },
      ({ path: name, resolveDir, namespace }) => {
        const key = name.startsWith('.')
          ? path.join(resolveDir, name.replace(/\.js$/, '.ts'))
          : name;
        const file = fileOf.get(key);
        return file === undefined || namespace === 'library'
          ? undefined
          : { path: file, namespace: 'library' };
      },
    );
    builder.onLoad({ filter: /.*/, namespace: 'library' }, ({ path: file }) => ({
      contents: `module.exports = require('./lib/${file}.cjs');`,
    }));
    builder.onResolve({ filter: /^\.\/lib\//, namespace: 'library' }, ({ path: file }) => ({
      path: file,
      external: true,
    }));
  },
};

/** Puts our own `Headers` and `Response` in the place of the globals, which would load undici. */
function withoutUndici(name: string, files: RegExp, web: string): Plugin {
  return {
    name: `without-undici-in-${name}`,
    setup(builder) {
      builder.onLoad({ filter: files }, async ({ path: file }) => {
        const source = await readFile(file, 'utf8');
        const used = ['Headers', 'Response'].filter((global) =>
          new RegExp(`\\b${global}\\b`).test(source),
        );
        if (used.length === 0) return undefined;
        return {
          contents: `import { ${used.join(', ')} } from '${web}';\n${source}`,
          loader: 'js',
        };
      });
      // What a library's file shares with the program it gets from the program.
      builder.onResolve({ filter: /^\.\.\/ostler\.cjs$/ }, ({ path: file }) => ({
        path: file,
        external: true,
      }));
      // Its only effect is to put a fetch on old browsers.
      builder.onResolve({ filter: /^whatwg-fetch$/ }, ({ path: file }) => ({
        path: file,
        namespace: 'empty',
      }));
      builder.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: '' }));
    },
  };
}
const ollamaWithoutUndici = withoutUndici(
  'ollama',
  /node_modules\/ollama\/.*\.mjs$/,
  path.join(root, 'src/net/web.ts'),
);
const sdkWithoutUndici = withoutUndici(
  'sdk',
  /node_modules\/@modelcontextprotocol\/(client|core)\/.*\.mjs$/,
  '../ostler.cjs',
);

/** The SDK's default validator is ajv with `pattern` on; the host brings its own, so it stays out. */
const withoutSdkAjv: Plugin = {
  name: 'without-sdk-ajv',
  setup(builder) {
    builder.onResolve({ filter: /^@modelcontextprotocol\/client\/_shims$/ }, () => ({
      path: path.join(root, 'src/mcp/sdk-shims.ts'),
    }));
  },
};

/** The SDK's schemas are made when they are used. */
const schemasLater: Plugin = {
  name: 'schemas-later',
  setup(builder) {
    builder.onResolve({ filter: /^zod\/v4$/ }, ({ importer }) =>
      /@modelcontextprotocol\/(client|core)\//.test(importer)
        ? { path: path.join(root, 'src/mcp/lazy-zod.ts') }
        : undefined,
    );
  },
};

/** Exports of the SDK's libraries that load parts of Node (web crypto, web streams) and are rarely called. */
const CALLED_LATER: Readonly<Record<string, string>> = {
  'pkce-challenge': 'default',
  'eventsource-parser/stream': 'EventSourceParserStream',
};

/** Loads such a library when its export is called. */
const librariesLater: Plugin = {
  name: 'libraries-later',
  setup(builder) {
    const filter = /^(pkce-challenge|eventsource-parser\/stream)(\?real)?$/;
    builder.onResolve({ filter }, ({ path: name, kind, resolveDir, pluginData }) => {
      if (pluginData === 'real') return undefined;
      if (!name.endsWith('?real'))
        return { path: name, namespace: 'later', pluginData: resolveDir };
      return builder.resolve(name.replace('?real', ''), { kind, resolveDir, pluginData: 'real' });
    });
    builder.onLoad({ filter: /.*/, namespace: 'later' }, ({ path: name, pluginData }) => {
      const wanted = CALLED_LATER[name];
      const contents = `function later(...args) {
        const real = require('${name}?real').${wanted};
        return new.target ? new real(...args) : real(...args);
      }
      // As the default of a module that is one function, it is that function: so Node tells it to ESM.
      module.exports = Object.assign(later, { ${wanted}: later, __esModule: true });`;
      return { contents, resolveDir: pluginData as string };
    });
  },
};

const common: BuildOptions = {
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  minify: true,
  // `await import('node:https')` as a `require`: the ESM loader is never started.
  supported: { 'dynamic-import': false },
  legalComments: 'none',
  logLevel: 'warning',
  // Native, and optional: where it is not installed, what it would keep is kept in a file.
  external: ['@napi-rs/keyring'],
};

await rm(dist, { recursive: true, force: true });
const own: BuildOptions = {
  ...common,
  metafile: true,
  define: { OSTLER_VERSION: JSON.stringify(version), 'process.env.NODE_ENV': '"production"' },
};
const plugins = [librariesApart, ollamaWithoutUndici, graphemesLater];
const buildProgram = (shared: Iterable<string>) =>
  build({
    ...own,
    stdin: {
      contents: `export * from './src/cli/main.ts'; ${entryOf(shared)}`,
      resolveDir: root,
    },
    outfile: path.join(dist, 'ostler.cjs'),
    plugins: [modulesApart(root), ...plugins],
  });

// Once to know what is in it, and again when it is known what the files apart want of that.
const alone = new Set(Object.keys((await buildProgram([])).metafile?.inputs ?? {}));
const shared = new Set<string>();
await Promise.all(
  Object.entries(APART).map(([file, modules]) =>
    build({
      ...own,
      stdin: { contents: entryOf(modules), resolveDir: root },
      outfile: path.join(dist, `${file}.cjs`),
      plugins: [modulesApart(root, file), fromProgram(root, alone, shared), ...plugins],
    }),
  ),
);
const program = await buildProgram(shared);
await Promise.all(
  Object.entries(LIBRARIES).map(([file, names]) =>
    build({
      ...common,
      stdin: {
        contents: names.map((name) => `export * from ${JSON.stringify(name)};`).join('\n'),
        resolveDir: root,
      },
      outfile: path.join(dist, `lib/${file}.cjs`),
      define: { 'process.env.NODE_ENV': '"production"' },
      plugins: [
        sdkWithoutUndici,
        withoutSdkAjv,
        schemasLater,
        librariesLater,
        inkWithoutWaiting,
        inkForRows,
        graphemesLater,
      ],
    }),
  ),
);
await writeFile(path.join(dist, 'meta.json'), JSON.stringify(program.metafile));

const cli = createRequire(import.meta.url)('../dist/ostler.cjs') as typeof Cli;
const answers = collectAnswers(cli, version);
await writeFile(path.join(dist, 'answers.json'), JSON.stringify(answers));
