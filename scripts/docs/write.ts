import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { generatedFiles } from './sections.js';

/** Writes every generated text that is out of date; resolves to the files. */
export async function writeDocs(root: string): Promise<string[]> {
  const stale = (await generatedFiles(root)).filter(({ before, after }) => before !== after);
  for (const { file, after } of stale) await writeFile(path.join(root, file), after);
  return stale.map(({ file }) => file);
}
