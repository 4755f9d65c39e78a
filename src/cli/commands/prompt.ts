import { addCommandAskOptions, addTargetOptions } from '../options.js';
import type { AddServerCommand, Flags } from './command.js';

export const addPrompt: AddServerCommand = (program, io, done, behind) => {
  const command = program
    .command('prompt [words...]')
    .usage('[options] <server> <name> [name=value …]')
    .description('fill in a prompt')
    .addHelpText('after', EXAMPLES);
  addCommandAskOptions(addTargetOptions(command)).action(async (words: string[], flags: Flags) => {
    const { runPrompt } = await import('../look/prompt.js');
    done(await runPrompt({ words, behind }, { flags, io }));
  });
};

const EXAMPLES = `
The server is a configured name, a URL, or a command behind --.

Examples:
  ostler prompt docs review file=main.ts
  ostler prompt docs review file=main.ts --json`;
