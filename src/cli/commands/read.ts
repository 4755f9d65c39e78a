import { addCommandAskOptions, addSavingOptions, addTargetOptions } from '../options.js';
import type { AddServerCommand, Flags } from './command.js';

export const addRead: AddServerCommand = (program, io, done, behind) => {
  const command = program
    .command('read [words...]')
    .usage('[options] <server> <uri>')
    .description('read a resource')
    .addHelpText('after', EXAMPLES);
  addCommandAskOptions(addTargetOptions(addSavingOptions(command))).action(
    async (words: string[], flags: Flags) => {
      const { runRead } = await import('../look/read.js');
      done(await runRead({ words, behind }, { flags, io }));
    },
  );
};

const EXAMPLES = `
The server is a configured name, a URL, or a command behind --.

Examples:
  ostler read docs file:///readme.md
  ostler read docs file:///logo.png --output logo.png
  ostler read mem://note -- node server.js`;
