import type { Command } from 'commander';

/** What is wrong with an `ostler …` line of a document, or undefined. */
export function faultOf(line: string, program: Command): string | undefined {
  // What stands behind a lone `--` is a server's own command line.
  const words = splitWords(line.split(/ --(?= )/)[0] ?? '');
  let command = program;
  let at = 1;
  for (; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const child = command.commands.find((candidate) => candidate.name() === word);
    if (child === undefined) break;
    command = child;
  }
  const unknown = words.slice(at).find((word) => isFlag(word) && !hasFlag(command, word));
  return unknown === undefined ? undefined : `${command.name()} has no ${unknown}`;
}

/** True for `-x`, `--long` and `--long=value`; not for a number or a lone dash. */
export function isFlag(word: string): boolean {
  return /^(?:-[A-Za-z]|--[a-z][\w-]*(?:=.*)?)$/.test(word);
}

/** The command's own options and help; `-h` and `--help` are commander's. */
export function hasFlag(command: Command, word: string): boolean {
  const [flag = ''] = word.split('=');
  if (flag === '-h' || flag === '--help') return true;
  return command.options.some(({ short, long }) => short === flag || long === flag);
}

/** The `ostler …` commands of a shell line: prompts, pipes, `&&` and variable settings are taken off. */
export function ostlerCommands(line: string): string[] {
  return splitCommands(line.replace(/^\s*\$ /, ''))
    .map((command) => command.trim().replace(/^(?:[A-Z_]+=\S+ )+/, ''))
    .filter((command) => /^ostler(?: |$)/.test(command));
}

/** Cut at `|`, `&&`, `;` and `#` outside quotes. */
function splitCommands(line: string): string[] {
  const pieces: string[] = line.match(/(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^"'|&;#])+|[|&;#]/g) ?? [];
  const comment = pieces.indexOf('#');
  return comment === -1 ? pieces : pieces.slice(0, comment);
}

function splitWords(command: string): string[] {
  return command.match(/(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'])+/g) ?? [];
}
