import { OstlerError } from '../../core/errors.js';
import { addTargetOptions } from '../options.js';
import type { AddServerCommand } from './command.js';

export const addTools: AddServerCommand = (program) => {
  const command = program
    .command('tools [server] [name]')
    .description('the tools of a server, or one of them');
  addTargetOptions(command).action(() => {
    throw new OstlerError('usage', 'tools is being built.');
  });
};
