import { OstlerError } from '../../core/errors.js';
import { addTargetOptions } from '../options.js';
import type { AddServerCommand } from './command.js';

export const addPrompts: AddServerCommand = (program) => {
  const command = program
    .command('prompts [server] [name]')
    .description('the prompts of a server, or one of them');
  addTargetOptions(command).action(() => {
    throw new OstlerError('usage', 'prompts is being built.');
  });
};
