import { readConfigFile } from '../../config/files.js';
import { expandHome } from '../../config/home.js';
import { displayPath } from '../../config/paths.js';
import { OstlerError } from '../../core/errors.js';
import { createLifetime } from '../lifetime.js';
import type { Io } from '../io.js';

/** The text that a word stands for: itself, stdin for `-`, a file for `@file`; and how messages call it. */
export async function readText(word: string, io: Io): Promise<{ text: string; from: string }> {
  if (word === '-' || word === '@-') return { text: await readStdin(io), from: 'stdin' };
  if (!word.startsWith('@')) return { text: word, from: 'JSON' };
  const file = expandHome(word.slice(1), { dir: io.cwd, env: io.env });
  const from = displayPath(file, io.cwd);
  return { text: readConfigFile(file, from, { named: true })?.text ?? '', from };
}

async function readStdin(io: Io): Promise<string> {
  if (io.stdin.isTTY) {
    throw new OstlerError('usage', 'stdin is a terminal: pipe something into it.');
  }
  const { readPipedInput } = await import('../stdin.js');
  const lifetime = createLifetime();
  try {
    return (await readPipedInput(io.stdin, { signal: lifetime.signal })).text;
  } finally {
    lifetime.release();
  }
}
