import { OstlerError } from '../../core/errors.js';
import { addTargetOptions } from '../options.js';
import type { AddServerCommand } from './command.js';

export const addCall: AddServerCommand = (program) => {
  const command = program.command('call [words...]').description('call a tool');
  addTargetOptions(command).action(() => {
    throw new OstlerError('usage', 'call is being built.');
  });
};
