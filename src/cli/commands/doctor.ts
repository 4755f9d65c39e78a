import { OstlerError } from '../../core/errors.js';
import type { AddCommand } from './command.js';

export const addDoctor: AddCommand = (program) => {
  program
    .command('doctor')
    .description('look at every configured server and at Ollama')
    .action(() => {
      throw new OstlerError('usage', 'doctor is being built.');
    });
};
