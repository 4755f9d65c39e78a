import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadSettings } from '../../../src/config/load.js';
import { parseScript } from '../../../src/model/script-file.js';
import { markdownFiles } from './markdown-files.js';

interface Snippet {
  name: string;
  language: string;
  text: string;
}

const snippets = markdownFiles().flatMap(({ file, blocks }) =>
  blocks
    .filter(({ language }) => language === 'yaml' || language === 'json')
    .map(({ language, text }, index): Snippet => ({
      name: `${file}, ${index + 1}`,
      language,
      text,
    })),
);
const configs = snippets.filter(({ text }) => /["\s]?mcpServers"?:/.test(text));
const scripts = snippets.filter(({ text }) => text.startsWith('turns:'));

let home: string;

/** A home without files of its own, and a password manager that knows one answer. */
beforeAll(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'ostler-docs-'));
  await mkdir(path.join(home, 'bin'));
  await writeFile(path.join(home, 'bin/pass'), '#!/bin/sh\necho Bearer-of-tracker\n', {
    mode: 0o755,
  });
});

afterAll(() => rm(home, { recursive: true, force: true }));

it.each(configs)('the configuration of $name loads', async ({ language, text }) => {
  const file = path.join(home, `ostler.${language}`);
  await writeFile(file, text);
  const settings = await loadSettings({ flags: { config: file }, env: envFor(text), cwd: home });
  expect(settings.servers.length).toBeGreaterThan(0);
  expect(settings.warnings).toEqual([]);
  expect(JSON.stringify(settings.servers)).not.toContain('${');
});

it.each(scripts)('the script of $name is one', async ({ name, text }) => {
  const script = await parseScript(text, name);
  expect(script.turns.length).toBeGreaterThan(0);
});

it('there are some of both', () => {
  expect(configs.map(({ name }) => name)).toContainEqual(expect.stringContaining('README.md'));
  expect(scripts).toHaveLength(1);
});

/** A value for every variable that the text refers to. */
function envFor(text: string): Record<string, string> {
  const names = [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name);
  const values = names.map((name) => [name, `value-of-${name}`]);
  return {
    HOME: home,
    OSTLER_HOME: home,
    PATH: `${path.join(home, 'bin')}:/usr/bin:/bin`,
    ...Object.fromEntries(values),
  };
}
