import { OstlerError } from '../../core/errors.js';
import type { AddCommand } from './command.js';

export const addTrace: AddCommand = (program) => {
  program
    .command('trace')
    .description('read what --trace wrote')
    .action(() => {
      throw new OstlerError('usage', 'trace is being built.');
    });
};
