import path from 'node:path';
import { readConfigFile } from '../files.js';
import { PROJECT_FILES, USER_FILES } from '../find-files.js';
import { localFile, PROJECT_KEY, projectPath } from '../local-file.js';
import { displayPath, statePaths } from '../paths.js';
import type { WrittenEntry } from './types.js';

/** Whom a server is for: this person in this project, everybody in this project, this person everywhere. */
export type Scope = 'local' | 'project' | 'user';

/** Highest first: of the same name in two of them, the first counts. */
export const SCOPES = ['local', 'project', 'user'] as const;

/** Where a command runs. */
export interface EditPlace {
  env: NodeJS.ProcessEnv;
  cwd: string;
}

/** A file of a scope, there or not. */
export interface ScopeFile {
  scope: Scope;
  /** Absolute, links not resolved. */
  path: string;
  /** How messages call it. */
  name: string;
  /** Undefined when there is no such file. */
  text: string | undefined;
  /** What relative paths in it start from. */
  dir: string;
  /** Keys the file begins with when it is made. */
  head: WrittenEntry;
}

/** Every file that a scope may have, highest first. */
export async function scopeFiles(scope: Scope, place: EditPlace): Promise<ScopeFile[]> {
  const { env, cwd } = place;
  const toFile = (file: string, head: WrittenEntry = {}): ScopeFile => {
    const name = displayPath(file, cwd);
    const text = readConfigFile(file, name, { named: false })?.text;
    const dir = scope === 'local' ? cwd : path.dirname(file);
    return { scope, path: file, name, text, dir, head };
  };
  switch (scope) {
    case 'local':
      return [toFile(await localFile(env, cwd), { [PROJECT_KEY]: projectPath(cwd) })];
    case 'project':
      return firstOfEach(PROJECT_FILES, (base) => toFile(path.join(cwd, base)));
    case 'user': {
      const { config } = await statePaths(env);
      return firstOfEach([USER_FILES], (base) => toFile(path.join(config, base)));
    }
  }
}

/** Of each group the file that is there, else the one that would be made. */
function firstOfEach(
  groups: readonly (readonly string[])[],
  toFile: (base: string) => ScopeFile,
): ScopeFile[] {
  return groups.flatMap((bases) => {
    const files = bases.map(toFile);
    return files.find(({ text }) => text !== undefined) ?? files.slice(0, 1);
  });
}

/** The file that gets a scope's new servers: `ostler.yaml`, or the `.mcp.json` that is there already. */
export function fileForNew(files: readonly ScopeFile[]): ScopeFile {
  const [first, second] = files;
  if (first === undefined) throw new Error('every scope has a file');
  const shared = second?.path.endsWith('.mcp.json') === true && second.text !== undefined;
  return first.text === undefined && shared ? second : first;
}
