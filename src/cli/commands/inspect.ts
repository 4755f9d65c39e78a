import { OstlerError } from '../../core/errors.js';
import { addTargetOptions } from '../options.js';
import type { AddServerCommand } from './command.js';

export const addInspect: AddServerCommand = (program) => {
  const command = program
    .command('inspect [server]')
    .description('how a server is reached, what it is, which headers it gets');
  addTargetOptions(command).action(() => {
    throw new OstlerError('usage', 'inspect is being built.');
  });
};
