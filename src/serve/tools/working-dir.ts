import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * The directory to start in, symlinks resolved, or undefined when it does not exist or lies outside
 * the root. `root` is absolute and resolved. This keeps honest callers in place; it is no sandbox,
 * a command can still `cd` anywhere its user may.
 */
export async function resolveWorkingDir(
  root: string,
  wanted: string | undefined,
): Promise<string | undefined> {
  try {
    const directory = await realpath(path.resolve(root, wanted ?? '.'));
    const inside = directory === root || directory.startsWith(withSlash(root));
    return inside && (await stat(directory)).isDirectory() ? directory : undefined;
  } catch {
    return undefined;
  }
}

function withSlash(directory: string): string {
  return directory.endsWith(path.sep) ? directory : directory + path.sep;
}
