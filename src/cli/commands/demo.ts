import { addColorOption, addModelOptions } from '../options.js';
import type { AddCommand, Flags } from './command.js';

export const addDemo: AddCommand = (program, io, done) => {
  const demo = program
    .command('demo')
    .description(
      'the whole loop, with nothing installed: an authenticated server, a prompt, two tool calls',
    );
  addColorOption(addModelOptions(demo)).action(async (flags: Flags) => {
    const { runDemo } = await import('../demo.js');
    done(await runDemo(flags, io));
  });
};
