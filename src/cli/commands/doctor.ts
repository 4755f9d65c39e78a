import { Option } from 'commander';
import { addColorOption, addModelOptions, addServerOptions } from '../options.js';
import type { AddCommand, Flags } from './command.js';

export const addDoctor: AddCommand = (program, io, done) => {
  const command = program
    .command('doctor')
    .description('look at this machine, every configured server and Ollama');
  addServerOptions(addModelOptions(command));
  for (const option of [
    new Option('--num-ctx <tokens>', 'context window, as for the chat'),
    new Option('--server-timeout <duration>', 'limit for connecting to each server'),
    new Option('--timeout <duration>', 'limit for the whole command, e.g. 90s'),
    new Option('--json', 'JSON on stdout'),
    new Option('-v, --verbose', 'every step of every server').env('OSTLER_VERBOSE'),
    new Option('--debug', 'stack traces of bugs').env('OSTLER_DEBUG'),
  ]) {
    command.addOption(option);
  }
  addColorOption(command).action(async (flags: Flags) => {
    const { runDoctor } = await import('../doctor.js');
    done(await runDoctor({ flags, io }));
  });
};
