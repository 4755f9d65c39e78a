import type { Command } from 'commander';
import type { createProgram } from '../src/cli/main.js';

/** Help is the same on every terminal: it was laid out for the usual width. */
const HELP_WIDTH = 80;

/** Every command line that asks only for help or the version, with the text that answers it. */
export function collectAnswers(
  create: typeof createProgram,
  version: string,
): Record<string, string> {
  const answers: Record<string, string> = { '--version': `${version}\n`, '-V': `${version}\n` };
  const visit = (command: Command, words: readonly string[]) => {
    command.configureHelp({ helpWidth: HELP_WIDTH });
    let text = '';
    command.configureOutput({
      writeOut: (piece) => {
        text += piece;
      },
      getOutHelpWidth: () => HELP_WIDTH,
      getOutHasColors: () => false,
    });
    command.outputHelp();
    for (const flag of ['--help', '-h']) answers[[...words, flag].join(' ')] = text;
    for (const child of command.commands) visit(child, [...words, child.name()]);
  };
  const io = {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: {},
    cwd: '/',
  };
  visit(
    create(io, () => {}),
    [],
  );
  return answers;
}
