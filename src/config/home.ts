import os from 'node:os';
import path from 'node:path';

/** The home directory, as the environment or the system tells it. */
export function homeOf(env: NodeJS.ProcessEnv): string {
  const home = env['HOME'];
  return home === undefined || home === '' ? os.homedir() : home;
}

/** Absolute path of what a config or flag calls `x`, `./x` or `~/x`. */
export function expandHome(
  name: string,
  { dir, env }: { dir: string; env: NodeJS.ProcessEnv },
): string {
  const expanded = /^~(?=$|[/\\])/.test(name) ? path.join(homeOf(env), name.slice(1)) : name;
  return path.resolve(dir, expanded);
}
