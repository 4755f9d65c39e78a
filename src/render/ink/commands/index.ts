import type { Command } from '../types.js';
import { edit, retry, undo } from './again.js';
import { approve } from './approve.js';
import { compact, context } from './context.js';
import { doctor } from './doctor.js';
import { copy, exportCommand } from './export.js';
import { createHelp } from './help.js';
import { model, models } from './model.js';
import { set, system, think } from './model-settings.js';
import { prompts } from './prompts.js';
import { pull } from './pull.js';
import { resources } from './resources.js';
import { roots } from './roots.js';
import { servers } from './servers.js';
import { clear, rename, resume, sessions } from './sessions.js';
import { tools } from './tools.js';
import { config, quit, stats, theme, verbose } from './view.js';

/** Every command of the chat, in the order of the menu. */
export const COMMANDS: readonly Command[] = [
  createHelp(() => COMMANDS),
  servers,
  tools,
  prompts,
  resources,
  roots,
  approve,
  model,
  models,
  pull,
  think,
  set,
  system,
  context,
  compact,
  clear,
  sessions,
  resume,
  rename,
  exportCommand,
  copy,
  retry,
  edit,
  undo,
  verbose,
  stats,
  config,
  theme,
  doctor,
  quit,
];

/** By name or alias, without the slash. */
export function findCommand(name: string): Command | undefined {
  const wanted = name.toLowerCase();
  return COMMANDS.find(
    (command) => command.name === wanted || command.aliases?.includes(wanted) === true,
  );
}
