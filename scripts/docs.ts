/**
 * Generated tables of the documentation: `npm run docs` writes them, `npm run docs -- --check` only
 * tells which are out of date and exits 1.
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { generatedFiles } from './docs/sections.js';

const root = path.resolve(import.meta.dirname, '..');
const check = process.argv.includes('--check');
const stale = (await generatedFiles(root)).filter(({ before, after }) => before !== after);
for (const { file, after } of stale) {
  if (!check) await writeFile(path.join(root, file), after);
  process.stdout.write(`${file}: ${check ? 'out of date; run npm run docs' : 'written'}\n`);
}
process.exitCode = check && stale.length > 0 ? 1 : 0;
