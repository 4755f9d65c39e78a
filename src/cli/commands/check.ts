import { Option, type Command } from 'commander';
import { SEVERITIES } from '../../core/check-events.js';
import { createLifetime } from '../lifetime.js';
import { addTargetOptions } from '../options.js';
import type { AddServerCommand, Flags } from './command.js';

const REPORTERS = ['text', 'json', 'junit', 'sarif', 'markdown'];

export const addCheck: AddServerCommand = (program, io, done, words) => {
  const command = program
    .command('check [server]')
    .description('does it keep strangers out: an audit of a server over HTTP, with evidence');
  addCheckOptions(addTargetOptions(command)).action(
    async (server: string | undefined, flags: Flags) => {
      const { runCheck } = await import('../check.js');
      const lifetime = createLifetime();
      try {
        const target = words ?? server;
        await runCheck({ target, flags, io, signal: lifetime.signal });
        done(0);
      } finally {
        lifetime.release();
      }
    },
  );
};

const OTHER_TOKENS = [
  ['second', 'a token of another principal, to try the sessions of the first'],
  ['expired', 'a token that has expired'],
  ['wrong-audience', 'a token that was issued for another server'],
  ['limited', 'a token whose scope is too small'],
] as const;

function addCheckOptions(command: Command): Command {
  for (const [name, description] of OTHER_TOKENS) {
    command
      .option(`--${name}-token-env <name>`, `environment variable that holds ${description}`)
      .option(`--${name}-token-file <file>`, 'file that holds it');
  }
  const list = (value: string, earlier: string[] | undefined) => [...(earlier ?? []), value];
  const level = (flags: string, description: string, choices: readonly string[]) =>
    new Option(flags, description).choices(choices);
  return command
    .option('--i-am-authorized', 'you may test this server; needed for every one not on loopback')
    .option('--active', 'also what deletes, floods or takes long')
    .option('--thorough', 'all variants of every check, not the most telling ones')
    .option('--tool <name>', 'a harmless tool of the server that may be called')
    .option('--args <json>', 'its arguments')
    .option('--only <id|glob>', 'only these checks: AUTH-01, "SESS-*" (commas, repeatable)', list)
    .option('--skip <id|glob>', 'without these checks (commas, repeatable)', list)
    .addOption(level('--severity <level>', 'only checks of at least this severity', SEVERITIES))
    .addOption(
      level(
        '--fail-on <level>',
        'exit 9 when a check of at least this severity fails (default: medium)',
        [...SEVERITIES, 'never'],
      ),
    )
    .option('--strict', 'what could not be run counts as a failure')
    .option('--max-requests <n>', 'most requests in all (default: 60)')
    .option('--rate <n|unlimited>', 'requests a second (default: 5)')
    .addOption(level('--reporter <name>', 'what stdout gets', REPORTERS))
    .option('--report <name=file>', 'a report into a file as well (repeatable)', list)
    .option('--plan', 'say what would be sent, and send nothing')
    .option('--list', 'the catalogue of checks; needs no server');
}
