import path from 'node:path';
import type { Plugin } from 'esbuild';

/** A file of the sources as both bundles name it: `src/core/redact.ts`. */
type ModuleName = string;

/** Leaves the chat out of the program: it is loaded when a person sits at the terminal. */
export const chatApart: Plugin = {
  name: 'chat-apart',
  setup(builder) {
    builder.onResolve({ filter: /\/interactive\.js$/ }, () => ({
      path: './chat.cjs',
      external: true,
    }));
  },
};

/** What the chat shares with the program it gets from the program; `asked` collects the names. */
export function fromProgram(
  root: string,
  inProgram: ReadonlySet<ModuleName>,
  asked: Set<ModuleName>,
): Plugin {
  return {
    name: 'from-program',
    setup(builder) {
      builder.onResolve({ filter: /^\.\.?\// }, ({ path: name, resolveDir }) => {
        const file = path.relative(root, path.join(resolveDir, name.replace(/\.js$/, '.ts')));
        if (!inProgram.has(file)) return undefined;
        asked.add(file);
        return { path: file, namespace: 'program' };
      });
      builder.onLoad({ filter: /.*/, namespace: 'program' }, ({ path: file }) => ({
        contents: `module.exports = require('./ostler.cjs').shared(${JSON.stringify(file)});`,
      }));
      builder.onResolve({ filter: /^\.\/ostler\.cjs$/ }, ({ path: file }) => ({
        path: file,
        external: true,
      }));
    },
  };
}

/** The program's entry, with a way to its modules for the chat. */
export function entryWith(shared: Iterable<ModuleName>): string {
  const modules = [...shared].map((file) => {
    const name = JSON.stringify(file);
    return `${name}: () => require(${JSON.stringify(`./${file}`)})`;
  });
  return `export * from './src/cli/main.ts';
    const modules = { ${modules.join(', ')} };
    export const shared = (name) => modules[name]();`;
}
