import type { Command } from 'commander';
import type { Io } from '../io.js';
import { addEntryOptions, addScopeOption, addWriteOptions } from '../mcp/options.js';
import type { AddServerCommand, Done, Flags } from './command.js';
import { addLogin } from './mcp-login.js';

export const addMcp: AddServerCommand = (program, io, done, words) => {
  const mcp = program.command('mcp').description('the configured MCP servers');
  addAdd(mcp, io, done, words);
  addAddJson(mcp, io, done);
  addImport(mcp, io, done);
  addRemove(mcp, io, done);
  addLooks(mcp, io, done);
  addTrust(mcp, io, done);
  addLogin(mcp, io, done);
};

function addAdd(mcp: Command, io: Io, done: Done, words: readonly string[] | undefined): void {
  const add = mcp
    .command('add <name> [url] [args...]')
    .description('write a server into a config file; a command stands behind --');
  addEntryOptions(addWriteOptions(add))
    .addHelpText('after', ADD_EXAMPLES)
    .action(async (name: string, url: string | undefined, args: string[], flags: Flags) => {
      const { runAdd } = await import('../mcp/add.js');
      const given = [...(url === undefined ? [] : [url]), ...args];
      done(await runAdd({ name, words: [...given, ...(words ?? [])], flags, io }));
    });
}

function addAddJson(mcp: Command, io: Io, done: Done): void {
  const add = mcp
    .command('add-json <name> <json>')
    .description('write a server given as JSON, @file or - (stdin), in the spelling of any host');
  addWriteOptions(add)
    .option('-y, --yes', 'write it without a question')
    .addHelpText('after', ADD_JSON_EXAMPLES)
    .action(async (name: string, json: string, flags: Flags) => {
      const { runAddJson } = await import('../mcp/add-json.js');
      done(await runAddJson({ name, json, flags, io }));
    });
}

function addImport(mcp: Command, io: Io, done: Done): void {
  const command = mcp
    .command('import [names...]')
    .description('take over servers of other hosts; without names, list what there is')
    .option(
      '--from <host|file>',
      'claude-desktop, claude-code, cursor, vscode, gemini, mcphost, or a file (default: all)',
    )
    .option('--all', 'all that can be used');
  addWriteOptions(command)
    .option('--dry-run', 'show what would be written, and write nothing')
    .option('-y, --yes', 'write them without a question')
    .addHelpText('after', IMPORT_EXAMPLES)
    .action(async (names: string[], flags: Flags) => {
      const { runImport } = await import('../mcp/import.js');
      done(await runImport({ names, flags, io }));
    });
}

function addRemove(mcp: Command, io: Io, done: Done): void {
  const remove = mcp
    .command('remove <name>')
    .alias('rm')
    .description('take a server out of its config file');
  addScopeOption(remove, 'needed when several files have it')
    .option('--json', 'JSON on stdout')
    .action(async (name: string, flags: Flags) => {
      const { runRemove } = await import('../mcp/remove.js');
      done(await runRemove({ name, flags, io }));
    });
}

function addLooks(mcp: Command, io: Io, done: Done): void {
  mcp
    .command('list')
    .alias('ls')
    .description('every configured server; nothing is started or connected')
    .option('--json', 'JSON on stdout')
    .action(async (flags: Flags) => {
      const { runList } = await import('../mcp/list.js');
      done(await runList(io, flags['json'] === true));
    });
  mcp
    .command('get <name>')
    .description('one server, resolved, credentials masked, and where each part comes from')
    .option('--json', 'JSON on stdout')
    .action(async (name: string, flags: Flags) => {
      const { runGet } = await import('../mcp/get.js');
      done(await runGet(name, io, flags['json'] === true));
    });
}

function addTrust(mcp: Command, io: Io, done: Done): void {
  mcp
    .command('trust [name]')
    .description("look at this project's server file and allow it to start servers")
    .option('-y, --yes', 'allow it without a question')
    .option('--list', 'every file that was allowed, and whether it still is as it was')
    .option('--revoke', 'take it back')
    .option('--json', 'JSON on stdout, with --list')
    .action(async (name: string | undefined, flags: Flags) => {
      if (flags['list'] === true) {
        const { runTrustList } = await import('../mcp/trust-list.js');
        done(await runTrustList(io, flags['json'] === true));
        return;
      }
      const { runTrust } = await import('../trust.js');
      const { stdin, stdout, stderr, env, cwd } = io;
      const answers = { yes: flags['yes'] === true, revoke: flags['revoke'] === true };
      done(await runTrust({ stdin, stdout, stderr, env, cwd, name, ...answers }));
    });
}

const ADD_EXAMPLES = `
Examples:
  ostler mcp add docs https://mcp.example.com/mcp
  ostler mcp add tracker https://mcp.example.com/sse --transport sse -H 'Authorization: Bearer \${TRACKER_TOKEN}'
  ostler mcp add files -- npx -y @modelcontextprotocol/server-filesystem .
  ostler mcp add db -s user -e 'DATABASE_URL=\${DATABASE_URL}' -- node server.js`;

const ADD_JSON_EXAMPLES = `
Examples:
  ostler mcp add-json docs '{"type": "http", "url": "https://mcp.example.com/mcp"}'
  pbpaste | ostler mcp add-json docs - --yes`;

const IMPORT_EXAMPLES = `
Examples:
  ostler mcp import
  ostler mcp import github --from claude-code --scope user
  ostler mcp import --all --from ./mcp.json --dry-run`;
