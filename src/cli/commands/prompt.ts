import { OstlerError } from '../../core/errors.js';
import { addTargetOptions } from '../options.js';
import type { AddServerCommand } from './command.js';

export const addPrompt: AddServerCommand = (program) => {
  const command = program.command('prompt [words...]').description('fill in a prompt');
  addTargetOptions(command).action(() => {
    throw new OstlerError('usage', 'prompt is being built.');
  });
};
