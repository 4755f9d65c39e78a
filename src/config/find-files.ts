import path from 'node:path';
import { readConfigFile, type FileText } from './files.js';
import { displayPath, statePaths } from './paths.js';

/** Files of a project, highest first; of each group the first that exists. `~` is never searched. */
export const PROJECT_FILES: readonly (readonly string[])[] = [
  ['ostler.yaml', 'ostler.yml'],
  ['.mcp.json'],
  ['.mcphost.yml', '.mcphost.yaml', '.mcphost.json'],
];

export const USER_FILES: readonly string[] = ['config.yaml', 'config.yml'];

export interface FoundFile extends FileText {
  name: string;
}

/** The project's config files in `cwd`, unexpanded and unparsed. */
export function findProjectFiles(cwd: string): FoundFile[] {
  return PROJECT_FILES.map((names) => firstOf(cwd, names, cwd)).filter(
    (file) => file !== undefined,
  );
}

/** The user's own config file. */
export async function findUserFile(
  env: NodeJS.ProcessEnv,
  cwd: string,
): Promise<FoundFile | undefined> {
  return firstOf((await statePaths(env)).config, USER_FILES, cwd);
}

function firstOf(dir: string, names: readonly string[], cwd: string): FoundFile | undefined {
  for (const base of names) {
    const name = displayPath(path.join(dir, base), cwd);
    const file = readConfigFile(path.join(dir, base), name, { named: false });
    if (file !== undefined) return { ...file, name };
  }
  return undefined;
}
