import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Names in the `Commands:` section of a help text, aliases and `help` itself left out. */
export function commandsIn(help: string): string[] {
  const section = /^Commands:\n((?:[ \t].*\n?|\n)*)/m.exec(help)?.[1] ?? '';
  return [...section.matchAll(/^ {2}([a-z][\w-]*)/gm)].flatMap(([, name]) =>
    name === undefined || name === 'help' ? [] : [name],
  );
}

/** Every command and subcommand of the program, as argument lists; the program itself is the empty one. */
export async function listCommands(node: string, entry: string): Promise<string[][]> {
  const found: string[][] = [];
  const waiting: string[][] = [[]];
  for (let command = waiting.shift(); command !== undefined; command = waiting.shift()) {
    const parent = command;
    const { stdout } = await execute(node, [entry, ...parent, '--help'], { timeout: 30_000 });
    found.push(parent);
    for (const name of commandsIn(stdout)) waiting.push(parent.concat(name));
  }
  return found;
}
