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
  // What servers ask, and tasks.
  questions: [
    'src/mcp/incoming/answer.ts',
    'src/mcp/incoming/required-pages.ts',
    'src/mcp/incoming/rounds.ts',
    'src/mcp/tasks/call-as-task.ts',
    'src/app/asks/elicitation.ts',
    'src/app/asks/sampling.ts',
    'src/cli/asks/terminal-asks.ts',
    'src/cli/asks/plain-login.ts',
  ],
  authorization: [
    'src/mcp/auth/authorizer.ts',
    'src/mcp/auth/browser.ts',
    'src/mcp/auth/login.ts',
    'src/mcp/auth/login-port.ts',
    'src/mcp/auth/loopback.ts',
  ],
  servers: [
    'src/cli/login.ts',
    'src/cli/logout.ts',
    'src/cli/mcp/add.ts',
    'src/cli/mcp/add-json.ts',
    'src/cli/mcp/get.ts',
    'src/cli/mcp/import.ts',
    'src/cli/mcp/list.ts',
    'src/cli/mcp/remove.ts',
    'src/cli/mcp/trust-list.ts',
  ],
  workbench: [
    'src/cli/check.ts',
    'src/cli/doctor.ts',
    'src/cli/inspect.ts',
    'src/cli/listen.ts',
    'src/cli/trace.ts',
  ],
};

/** Leaves those modules out of the program, and out of each other's files: `await import()` of one of them loads its file. */
export function modulesApart(root: string, own?: string): Plugin {
  const others = Object.entries(APART).filter(([file]) => file !== own);
  const fileOf = new Map(
    others.flatMap(([file, modules]) => modules.map((name) => [name, file] as const)),
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
