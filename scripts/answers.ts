import type { Command } from 'commander';
import type * as Cli from '../src/cli/main.js';

/** Help is the same on every terminal: it was laid out for the usual width. */
const HELP_WIDTH = 80;

/** Every command line that asks only for help or the version, with the text that answers it. */
export function collectAnswers(
  { createProgram, COMMAND_NAMES }: Pick<typeof Cli, 'createProgram' | 'COMMAND_NAMES'>,
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
    answers[['help', ...words].join(' ')] = text;
    for (const child of command.commands) visit(child, [...words, child.name()]);
  };
  const io = {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: {},
    cwd: '/',
  };
  visit(createProgram(io, { done: () => {}, commands: COMMAND_NAMES }), []);
  return answers;
}
