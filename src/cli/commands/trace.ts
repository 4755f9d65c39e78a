import { addColorOption } from '../options.js';
import type { AddCommand, Flags } from './command.js';

export const addTrace: AddCommand = (program, io, done) => {
  const trace = program.command('trace').description('read what --trace wrote');
  const show = trace
    .command('show <file>')
    .description('who said what, line by line')
    .option('--full', 'headers and bodies too')
    .option('--server <name>', 'only what went to and came from this server')
    .option('--only <kind>', 'mcp, model, http or stdio')
    .option('--json', 'the records as they are, one a line');
  addColorOption(show).action(async (file: string, flags: Flags) => {
    const { runTraceShow } = await import('../trace.js');
    done(await runTraceShow(file, flags, io));
  });
  trace
    .command('curl <file> [n]')
    .description('the curl line of request n, by default the last; secrets are variables')
    .action(async (file: string, which: string | undefined) => {
      const { runTraceCurl } = await import('../trace.js');
      done(await runTraceCurl(file, which, io));
    });
};
