import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { isRecord } from '../core/json.js';
import { readConfigFile } from './files.js';
import type { FoundFile } from './find-files.js';
import { displayPath, statePaths } from './paths.js';
import type { ConfigSource } from './source.js';

/**
 * A person's own servers for one project: a file in the directory of the user's configuration, named
 * by the project's real path and naming it in turn (`project:`). It never comes with a repository,
 * so nobody has to be asked about it.
 */
export const PROJECT_KEY = 'project';

const DIRECTORY = 'local';
/** Hex digits of SHA-256: 64 bits tell the directories of one person apart. */
const DIGITS = 16;

/** Where the file for this project is, or would be. */
export async function localFile(env: NodeJS.ProcessEnv, cwd: string): Promise<string> {
  const { createHash } = await import('node:crypto');
  const hash = createHash('sha256').update(projectPath(cwd)).digest('hex');
  return path.join((await statePaths(env)).config, DIRECTORY, `${hash.slice(0, DIGITS)}.yaml`);
}

/** The directory as the file names it: links resolved. */
export function projectPath(cwd: string): string {
  try {
    return realpathSync(cwd);
  } catch {
    return cwd;
  }
}

/** The file for this project, when there is one. */
export async function findLocalFile(
  env: NodeJS.ProcessEnv,
  cwd: string,
): Promise<FoundFile | undefined> {
  // Hardly anybody has one: no hash is made before the directory is there.
  if (!existsSync(path.join((await statePaths(env)).config, DIRECTORY))) return undefined;
  const file = await localFile(env, cwd);
  const name = displayPath(file, cwd);
  const found = readConfigFile(file, name, { named: false });
  return found === undefined ? undefined : { ...found, name };
}

/** The source without the line that names its project; undefined when it names another one. */
export function ofProject(source: ConfigSource, cwd: string): ConfigSource | undefined {
  const { [PROJECT_KEY]: project, ...value } = source.value;
  if (!isRecord(value) || project !== projectPath(cwd)) return undefined;
  // What it says holds for the project, relative paths too.
  return { ...source, value, dir: cwd };
}
