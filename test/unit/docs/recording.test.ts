import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { runDemo } from '../../../src/cli/demo.js';
import { readMarkdown } from './markdown-files.js';

it('the recording in the README is what the demo prints', async () => {
  const recorded = readMarkdown('README.md').blocks.find(({ language }) => language === 'text');
  const stdout = new PassThrough();
  const printed = text(stdout);
  const { stdin, stderr, env } = process;
  // Nothing listens on port 1.
  const io = { stdin, stdout, stderr, env: { ...env, OLLAMA_HOST: '127.0.0.1:1' }, cwd: '/' };
  expect(await runDemo({}, io)).toBe(0);
  stdout.end();
  expect(toShape(await printed)).toEqual(toShape(recorded?.text ?? ''));
});

/** The lines without ports and times; in order of the alphabet, because the two calls run side by side. */
function toShape(output: string): string[] {
  const lines = output.trim().split('\n');
  return lines.map((line) => line.replaceAll(/\d+/g, '0')).toSorted();
}
