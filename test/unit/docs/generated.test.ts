import path from 'node:path';
import { expect, it } from 'vitest';
import { generatedFiles } from '../../../scripts/docs/sections.js';

const ROOT = path.resolve(import.meta.dirname, '../../..');

it('the generated tables say what the program says (npm run docs writes them)', async () => {
  const files = await generatedFiles(ROOT);
  const stale = files.filter(({ before, after }) => before !== after).map(({ file }) => file);
  expect(files.length).toBeGreaterThan(0);
  expect(stale).toEqual([]);
});
