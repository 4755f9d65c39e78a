import type { AddCommand } from './command.js';
import { addLogin } from './mcp-login.js';

export const addMcp: AddCommand = (program, io, done) => {
  const mcp = program.command('mcp').description('the configured MCP servers');
  mcp
    .command('trust')
    .description("look at this project's server file and allow it to start servers")
    .option('-y, --yes', 'allow it without a question')
    .action(async ({ yes }: { yes?: boolean }) => {
      const { runTrust } = await import('../trust.js');
      done(await runTrust({ ...io, yes: yes === true }));
    });
  addLogin(mcp, io, done);
};
