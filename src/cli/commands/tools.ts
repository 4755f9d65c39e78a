import { addTargetOptions } from '../options.js';
import type { AddServerCommand, Flags } from './command.js';

export const addTools: AddServerCommand = (program, io, done, behind) => {
  const command = program
    .command('tools [words...]')
    .usage('[options] [server] [name]')
    .description('the tools of a server, or everything about one of them')
    .addHelpText('after', EXAMPLES);
  addTargetOptions(command).action(async (words: string[], flags: Flags) => {
    const { runTools } = await import('../look/lists.js');
    done(await runTools({ words, behind }, { flags, io }));
  });
};

const EXAMPLES = `
The server is a configured name, a URL, or a command behind --; without one, all that are configured.

Examples:
  ostler tools https://mcp.example.com/mcp -H "Authorization: Bearer $TOKEN"
  ostler tools math add_numbers
  ostler tools --json -- node server.js`;
