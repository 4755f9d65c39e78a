import { OstlerError } from '../../core/errors.js';
import { addTargetOptions } from '../options.js';
import type { AddServerCommand } from './command.js';

export const addRead: AddServerCommand = (program) => {
  const command = program.command('read [words...]').description('read a resource');
  addTargetOptions(command).action(() => {
    throw new OstlerError('usage', 'read is being built.');
  });
};
