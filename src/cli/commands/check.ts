import { OstlerError } from '../../core/errors.js';
import { addTargetOptions } from '../options.js';
import type { AddServerCommand } from './command.js';

export const addCheck: AddServerCommand = (program) => {
  const command = program
    .command('check [server]')
    .description('does it speak MCP well, does it keep strangers out');
  addTargetOptions(command).action(() => {
    throw new OstlerError('usage', 'check is being built.');
  });
};
