import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeHome, runOstler, type RunOptions, type RunResult } from './ostler.js';

const here = path.dirname(fileURLToPath(import.meta.url));
export const LOOK = path.join(here, '../servers/look.mjs');

/** The command line of look.mjs; its variables stand in the words, because a child inherits few. */
export function behind(variables: Readonly<Record<string, string>> = {}): string[] {
  const pairs = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  return ['--', 'env', ...pairs, process.execPath, LOOK];
}

/** `ostler <words> -- look.mjs` */
export function look(words: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return runOstler([...words, ...behind()], options);
}

/** A directory with a log that look.mjs writes to. */
export function makeBench() {
  const home = makeHome();
  const log = path.join(home.dir, 'log');
  return {
    ...home,
    file: (name: string) => path.join(home.dir, name),
    variables: { LOG: log },
    logged: () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []),
  };
}
