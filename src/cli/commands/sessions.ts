import type { Command } from 'commander';
import type { AddCommand, Flags } from './command.js';

export const addSessions: AddCommand = (program, io, done) => {
  const sessions = program.command('sessions').description('conversations that were kept');
  const run = async (flags: Flags) => {
    const [bodies, { statePaths }, { createUserSessions }] = await Promise.all([
      import('../sessions.js'),
      import('../../config/paths.js'),
      import('../open-session.js'),
    ]);
    const { stdout, stderr, cwd } = io;
    const store = createUserSessions(await statePaths(io.env), cwd);
    return { bodies, common: { store, cwd, stdout, stderr, json: flags['json'] === true } };
  };
  const add = (
    words: string,
    description: string,
    options: { isDefault?: boolean } = {},
  ): Command =>
    sessions.command(words, options).description(description).option('--json', 'JSON on stdout');

  add('list', 'those of this directory, newest first', { isDefault: true })
    .option('--all', 'those of all directories')
    .action(async (flags: Flags) => {
      const { bodies, common } = await run(flags);
      done(await bodies.runSessionsList({ ...common, all: flags['all'] === true }));
    });

  add('show <id>', 'what was said; an id, the beginning of one, or a name').action(
    async (id: string, flags: Flags) => {
      const { bodies, common } = await run(flags);
      done(await bodies.runSessionsShow({ ...common, id }));
    },
  );

  add('export <id>', 'write a session as a document')
    .option('--format <format>', 'md, json or html (default: by the name of the file, else md)')
    .option('-o, --output <file>', 'the file to write (default: stdout)')
    .option('--force', 'write over an existing file')
    .action(async (id: string, flags: Flags) => {
      const { bodies, common } = await run(flags);
      done(await bodies.runSessionsExport({ ...common, id, flags }));
    });

  add('rm [id...]', 'delete sessions')
    .option('--older-than <age>', 'those of this directory that were last used before, e.g. 30d')
    .option('--all', 'with --older-than: those of all directories')
    .action(async (ids: string[], flags: Flags) => {
      const { bodies, common } = await run(flags);
      done(await bodies.runSessionsRemove({ ...common, ids, flags }));
    });
};
