import { addTargetOptions } from '../options.js';
import type { AddServerCommand, Flags } from './command.js';

export const addPrompts: AddServerCommand = (program, io, done, behind) => {
  const command = program
    .command('prompts [words...]')
    .usage('[options] [server] [name]')
    .description('the prompts of a server, or everything about one of them')
    .addHelpText('after', EXAMPLES);
  addTargetOptions(command).action(async (words: string[], flags: Flags) => {
    const { runPrompts } = await import('../look/lists.js');
    done(await runPrompts({ words, behind }, { flags, io }));
  });
};

const EXAMPLES = `
The server is a configured name, a URL, or a command behind --; without one, all that are configured.

Examples:
  ostler prompts docs
  ostler prompts review -- node server.js`;
