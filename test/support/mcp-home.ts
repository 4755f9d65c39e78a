import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { makeHome, runOstler, type RunOptions, type RunResult } from './ostler.js';

/** A person's home with a project in it, for commands that read and write config files. */
export interface McpHome {
  /** Links resolved. */
  home: string;
  project: string;
  /** Runs `ostler mcp …` in the project. */
  mcp: (args: readonly string[], options?: RunOptions) => Promise<RunResult>;
  /** Text of a file below the home; undefined when there is none. */
  read: (name: string) => string | undefined;
  write: (name: string, content: string | object) => void;
  /** Text of the file for this person in this project. */
  localText: () => string;
  /** What `mcp list --json` tells. */
  listed: () => Promise<Listed[]>;
  env: Readonly<Record<string, string>>;
  remove: () => void;
}

export interface Listed {
  name: string;
  transport: string;
  where: string;
  scope: string;
  file: string;
  trusted: boolean;
  hiddenBy?: string;
}

export function makeMcpHome(): McpHome {
  const { dir, remove } = makeHome();
  const home = realpathSync(dir);
  const project = path.join(home, 'project');
  mkdirSync(project);
  const env = { HOME: home, OSTLER_HOME: path.join(home, 'state') };
  const mcp: McpHome['mcp'] = (args, options = {}) =>
    runOstler(['mcp', ...args], { cwd: project, ...options, env: { ...env, ...options.env } });
  return {
    home,
    project,
    env,
    remove,
    mcp,
    localText() {
      const local = path.join(home, 'state/local');
      return readFileSync(path.join(local, readdirSync(local)[0] ?? ''), 'utf8');
    },
    async listed() {
      const { stdout } = await mcp(['list', '--json']);
      return (JSON.parse(stdout) as { servers: Listed[] }).servers;
    },
    read(name) {
      const file = path.join(home, name);
      return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
    },
    write(name, content) {
      const file = path.join(home, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
    },
  };
}

/** A command that leaves a trace when anybody starts it. */
export function canary(home: string): {
  file: string;
  words: readonly string[];
  sprung: () => boolean;
} {
  const file = path.join(home, 'canary');
  return { file, words: ['touch', file], sprung: () => existsSync(file) };
}
