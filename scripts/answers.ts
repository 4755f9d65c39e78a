import type { Command } from 'commander';
import type * as Cli from '../src/cli/main.js';

/** Help is the same on every terminal: it was laid out for the usual width. */
const HELP_WIDTH = 80;

/**
 * What answers a question for help, by the words of the command (`mcp trust`; none for the program
 * itself), and for the version, by its flags. Each text stands there once: the launcher reads them all.
 */
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
    answers[words.join(' ')] = text;
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
