import { addTargetOptions } from '../options.js';
import type { AddServerCommand, Flags } from './command.js';

export const addInspect: AddServerCommand = (program, io, done, words) => {
  const command = program
    .command('inspect [server]')
    .description('how a server is reached, what it is, which headers it gets')
    .addHelpText('after', HELP);
  addTargetOptions(command).action(async (server: string | undefined, flags: Flags) => {
    const [{ runInspect }, { neededTarget, splitTarget }] = await Promise.all([
      import('../inspect.js'),
      import('../look/target-words.js'),
    ]);
    const { target } = splitTarget(server === undefined ? [] : [server], words, { most: 0 });
    const found = neededTarget(target, 'ostler inspect <name|url>, or: ostler inspect -- command');
    done(await runInspect({ target: found, flags, io }));
  });
};

const HELP = `
Examples:
  ostler inspect docs
  ostler inspect https://mcp.example.com/sse --token-env TOKEN
  ostler inspect -- npx -y @modelcontextprotocol/server-everything`;
