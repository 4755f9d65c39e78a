import { addCommandAskOptions, addSavingOptions, addTargetOptions } from '../options.js';
import type { AddServerCommand, Flags } from './command.js';

export const addCall: AddServerCommand = (program, io, done, behind) => {
  const command = program
    .command('call [words...]')
    .usage('[options] <server> <tool> [name=value | name:=json | name=@file …]')
    .description('call a tool')
    .option('--args <json|@file|->', 'arguments as a JSON object; name=value wins over it')
    .option('--no-validate', 'send the arguments without a look at the schema')
    .addHelpText('after', EXAMPLES);
  addCommandAskOptions(addTargetOptions(addSavingOptions(command))).action(
    async (words: string[], flags: Flags) => {
      const { runCall } = await import('../look/call.js');
      done(await runCall({ words, behind }, { flags, io }));
    },
  );
};

const EXAMPLES = `
The server is a configured name, a URL, or a command behind --.

Examples:
  ostler call math add_numbers number1=2 number2=3
  ostler call docs search query=sse tags=mcp tags=http limit:=5
  ostler call notes write text=@letter.txt -- node server.js
  echo '{"query": "sse"}' | ostler call docs search --args - --json`;
