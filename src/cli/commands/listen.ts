import { Option } from 'commander';
import { OstlerError } from '../../core/errors.js';
import { addTargetOptions } from '../options.js';
import type { AddServerCommand, Flags } from './command.js';

const LEVELS = [
  'debug',
  'info',
  'notice',
  'warning',
  'error',
  'critical',
  'alert',
  'emergency',
] as const;

export const addListen: AddServerCommand = (program, io, done, words) => {
  const command = program
    .command('listen [server]')
    .description('the event stream of a server, live')
    .option('--raw', 'the bytes as they come, nothing decoded')
    .option('--no-handshake', 'only open the stream (or start the command), and send nothing')
    .option(
      '--subscribe <uri>',
      'hear of updates of this resource (repeatable)',
      (uri: string, earlier: string[] | undefined) => [...(earlier ?? []), uri],
    )
    .addOption(
      new Option('--log-level <level>', 'hear log messages from this level on').choices(LEVELS),
    )
    .option('--count <n>', 'end after this many events');
  addTargetOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (server: string | undefined, flags: Flags) => {
      const target = words ?? server;
      if (target === undefined || (words !== undefined && server !== undefined)) throw noTarget();
      const { runListen } = await import('../listen.js');
      done(await runListen(target, flags, io));
    });
};

function noTarget(): OstlerError {
  return new OstlerError('usage', 'Which server? Give one name, one URL, or a command behind --.', {
    hint: 'ostler listen https://mcp.example.com/sse',
  });
}

const EXAMPLES = `
Examples:
  ostler listen https://mcp.example.com/sse -H "Authorization: Bearer $TOKEN"
  ostler listen docs --subscribe mem://notes --log-level info --json
  ostler listen http://127.0.0.1:8000/events --no-handshake --raw
  ostler listen --count 1 --timeout 30s -- node server.js`;
