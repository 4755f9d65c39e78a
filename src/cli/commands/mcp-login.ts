import { Option, type Command } from 'commander';
import type { Io } from '../io.js';
import { addTargetOptions } from '../options.js';
import type { Done, Flags } from './command.js';

/** `ostler mcp login` and `ostler mcp logout`. */
export function addLogin(mcp: Command, io: Io, done: Done): void {
  const login = mcp
    .command('login <server>')
    .usage('[options] <name|url>')
    .description('log in to a server with a browser; what it gives is kept for later runs')
    .option('--no-browser', 'only show the address; the one it ends at can be pasted')
    .option('--force', 'log in again, whatever is kept')
    .addHelpText('after', LOGIN_HELP);
  for (const option of CLIENT_OPTIONS) login.addOption(option);
  addTargetOptions(login).action(async (server: string, flags: Flags) => {
    const { runLogin } = await import('../login.js');
    done(await runLogin({ target: server, flags, io }));
  });
  const logout = mcp
    .command('logout <server>')
    .usage('[options] <name|url>')
    .description('forget what a login gave, and have it revoked')
    .addHelpText('after', LOGOUT_HELP);
  addTargetOptions(logout).action(async (server: string, flags: Flags) => {
    const { runLogout } = await import('../logout.js');
    done(await runLogout({ target: server, flags, io }));
  });
}

const CLIENT_OPTIONS = [
  new Option('--oauth-client-id <id>', 'a client that was registered beforehand'),
  new Option('--client-secret-env <name>', 'variable that holds the secret of that client'),
  new Option('--scopes <list>', 'scopes to ask for, in the place of those the server names'),
  new Option(
    '--callback-port <port>',
    'the client is registered with http://localhost:<port>/callback',
  ),
];

const LOGIN_HELP = `
The browser comes back to a free port of this machine. On a machine without one, open the address
elsewhere and paste the one it ends at.

Examples:
  ostler mcp login docs
  ostler mcp login https://mcp.example.com/mcp --no-browser`;

const LOGOUT_HELP = `
Examples:
  ostler mcp logout docs`;
