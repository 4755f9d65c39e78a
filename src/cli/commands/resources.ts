import { addTargetOptions } from '../options.js';
import type { AddServerCommand, Flags } from './command.js';

export const addResources: AddServerCommand = (program, io, done, behind) => {
  const command = program
    .command('resources [words...]')
    .usage('[options] [server] [uri]')
    .description('the resources and templates of a server, or one of them')
    .addHelpText('after', EXAMPLES);
  addTargetOptions(command).action(async (words: string[], flags: Flags) => {
    const { runResources } = await import('../look/lists.js');
    done(await runResources({ words, behind }, { flags, io }));
  });
};

const EXAMPLES = `
The server is a configured name, a URL, or a command behind --; without one, all that are configured.

Examples:
  ostler resources docs
  ostler resources --json -- node server.js`;
