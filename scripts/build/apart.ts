import path from 'node:path';
import type { Plugin } from 'esbuild';

/** A file of the sources as all bundles name it: `src/core/redact.ts`. */
type ModuleName = string;

/**
 * Files of the bundle beside the program, with the modules it loads them for. One prompt reads
 * none of them.
 */
export const APART: Readonly<Record<string, readonly ModuleName[]>> = {
  chat: ['src/cli/interactive.ts'],
  workbench: [
    'src/cli/check.ts',
    'src/cli/doctor.ts',
    'src/cli/inspect.ts',
    'src/cli/listen.ts',
    'src/cli/trace.ts',
  ],
};

/** Leaves those modules out of the program: `await import()` of one of them loads its file. */
export function modulesApart(root: string): Plugin {
  const fileOf = new Map(
    Object.entries(APART).flatMap(([file, modules]) => modules.map((name) => [name, file])),
  );
  return {
    name: 'modules-apart',
    setup(builder) {
      builder.onResolve({ filter: /^\.\.?\// }, ({ path: name, resolveDir }) => {
        const module = sourceOf(root, resolveDir, name);
        return fileOf.has(module) ? { path: module, namespace: 'apart' } : undefined;
      });
      builder.onLoad({ filter: /.*/, namespace: 'apart' }, ({ path: module }) => ({
        contents: `module.exports = require('./${fileOf.get(module)}.cjs').load(${JSON.stringify(module)});`,
      }));
      builder.onResolve({ filter: /^\.\/\w+\.cjs$/, namespace: 'apart' }, ({ path: file }) => ({
        path: file,
        external: true,
      }));
    },
  };
}

/** What a file apart shares with the program it gets from the program; `asked` collects the names. */
export function fromProgram(
  root: string,
  inProgram: ReadonlySet<ModuleName>,
  asked: Set<ModuleName>,
): Plugin {
  return {
    name: 'from-program',
    setup(builder) {
      builder.onResolve({ filter: /^\.\.?\// }, ({ path: name, resolveDir }) => {
        const module = sourceOf(root, resolveDir, name);
        if (!inProgram.has(module)) return undefined;
        asked.add(module);
        return { path: module, namespace: 'program' };
      });
      builder.onLoad({ filter: /.*/, namespace: 'program' }, ({ path: module }) => ({
        contents: `module.exports = require('./ostler.cjs').load(${JSON.stringify(module)});`,
      }));
      builder.onResolve({ filter: /^\.\/ostler\.cjs$/ }, ({ path: file }) => ({
        path: file,
        external: true,
      }));
    },
  };
}

/** An entry that evaluates these modules when they are asked for by `load`. */
export function entryOf(modules: Iterable<ModuleName>): string {
  const loaders = Array.from(modules, (module) => {
    const name = JSON.stringify(module);
    return `${name}: () => require(${JSON.stringify(`./${module}`)})`;
  });
  return `const modules = { ${loaders.join(', ')} };
    export const load = (name) => modules[name]();`;
}

/** The source file that a relative import means. */
function sourceOf(root: string, resolveDir: string, name: string): ModuleName {
  return path.relative(root, path.join(resolveDir, name.replace(/\.js$/, '.ts')));
}
