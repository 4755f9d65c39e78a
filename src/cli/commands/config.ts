import {
  addApprovalOptions,
  addAskOptions,
  addModelOptions,
  addRemoteOptions,
  addServerOptions,
} from '../options.js';
import type { AddCommand, Flags } from './command.js';

export const addConfig: AddCommand = (program, io, done) => {
  const config = program
    .command('config')
    .description('what is configured, and where it comes from');
  const where = { env: io.env, cwd: io.cwd, stdout: io.stdout, stderr: io.stderr };
  const load = () => import('../config.js');

  const path = config.command('path').description('the files that are read');
  addServerOptions(path).option('--json', 'JSON on stdout');
  path.action(async (flags: Flags) => {
    const { runConfigPath } = await load();
    done(await runConfigPath({ ...where, flags, json: flags['json'] === true }));
  });

  const show = config
    .command('show', { isDefault: true })
    .description('the resolved settings, secrets masked, each with its origin');
  for (const add of [
    addModelOptions,
    addServerOptions,
    addRemoteOptions,
    addApprovalOptions,
    addAskOptions,
  ])
    add(show);
  show.option('--json', 'JSON on stdout').action(async (flags: Flags) => {
    const { runConfigShow } = await load();
    done(await runConfigShow({ ...where, flags, json: flags['json'] === true }));
  });

  const validate = config.command('validate [file]').description('check a config file');
  addServerOptions(validate).option('--json', 'JSON on stdout');
  validate.action(async (file: string | undefined, flags: Flags) => {
    const { runConfigValidate } = await load();
    done(await runConfigValidate({ ...where, flags, file, json: flags['json'] === true }));
  });

  const schema = config.command('schema').description('the JSON Schema of the config file');
  schema.action(async () => {
    const { runConfigSchema } = await load();
    done(await runConfigSchema(where));
  });
};
