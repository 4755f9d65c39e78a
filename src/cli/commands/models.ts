import type { Io } from '../io.js';
import { createLifetime } from '../lifetime.js';
import { addModelOptions } from '../options.js';
import type { AddCommand, Flags } from './command.js';

type Action = 'list' | 'show' | 'pull';

export const addModels: AddCommand = (program, io, done) => {
  const models = program.command('models').description('the models of Ollama');
  const list = models.command('list', { isDefault: true }).description('what is installed');
  const show = models.command('show <name>').description('what a model can do');
  const pull = models.command('pull <name>').description('download a model');
  for (const command of [list, show, pull]) {
    addModelOptions(command).option('--json', 'JSON on stdout');
  }
  list.action(async (flags: Flags) => done(await run('list', '', { flags, io })));
  show.action(async (name: string, flags: Flags) => done(await run('show', name, { flags, io })));
  pull.action(async (name: string, flags: Flags) => done(await run('pull', name, { flags, io })));
};

async function run(
  action: Action,
  name: string,
  { flags, io }: { flags: Flags; io: Io },
): Promise<number> {
  const [bodies, { loadSettings }] = await Promise.all([
    import('../models.js'),
    import('../../config/load.js'),
  ]);
  const lifetime = createLifetime();
  try {
    const { model } = await loadSettings({ flags, env: io.env, cwd: io.cwd });
    const { stdout, stderr, env } = io;
    const common = {
      settings: model,
      json: flags['json'] === true,
      stdout,
      stderr,
      signal: lifetime.signal,
    };
    if (action === 'list') await bodies.runModelsList(common);
    else if (action === 'show') await bodies.runModelsShow({ ...common, name });
    else await bodies.runModelsPull({ ...common, name, plain: isPlain(env) });
    return 0;
  } finally {
    lifetime.release();
  }
}

/** A terminal that nothing may be drawn over on. */
function isPlain(env: NodeJS.ProcessEnv): boolean {
  return env['TERM'] === 'dumb' || (env['CI'] ?? '') !== '';
}
