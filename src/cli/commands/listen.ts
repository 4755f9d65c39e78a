import { OstlerError } from '../../core/errors.js';
import { addTargetOptions } from '../options.js';
import type { AddServerCommand } from './command.js';

export const addListen: AddServerCommand = (program) => {
  const command = program
    .command('listen [server]')
    .description('the event stream of a server, live');
  addTargetOptions(command).action(() => {
    throw new OstlerError('usage', 'listen is being built.');
  });
};
