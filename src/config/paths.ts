import path from 'node:path';
import { toTerminalLine } from '../core/terminal-text.js';

/** Where the program keeps what it keeps; absolute directories, made at the first write. */
export interface StatePaths {
  /** Configuration and trust records. */
  config: string;
  /** Sessions, prompt history. */
  data: string;
  cache: string;
  /** Log files. */
  log: string;
}

/** The XDG directories (or the platform's own); `OSTLER_HOME` moves them all under one. */
export async function statePaths(env: NodeJS.ProcessEnv): Promise<StatePaths> {
  const home = env['OSTLER_HOME'];
  if (home !== undefined && home !== '') {
    const config = path.resolve(home);
    return {
      config,
      data: path.join(config, 'data'),
      cache: path.join(config, 'cache'),
      log: path.join(config, 'log'),
    };
  }
  const { default: envPaths } = await import('env-paths');
  const { config, data, cache, log } = envPaths('ostler', { suffix: '' });
  return { config, data, cache, log };
}

/** The path, safe to print, as a person at `cwd` would write it: relative when it lies below, else absolute. */
export function displayPath(file: string, cwd: string): string {
  const relative = path.relative(cwd, file);
  const outside = relative === '' || relative.startsWith('..') || path.isAbsolute(relative);
  return toTerminalLine(outside ? file : relative);
}
