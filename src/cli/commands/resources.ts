import { OstlerError } from '../../core/errors.js';
import { addTargetOptions } from '../options.js';
import type { AddServerCommand } from './command.js';

export const addResources: AddServerCommand = (program) => {
  const command = program
    .command('resources [server] [uri]')
    .description('the resources of a server');
  addTargetOptions(command).action(() => {
    throw new OstlerError('usage', 'resources is being built.');
  });
};
