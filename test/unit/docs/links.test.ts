import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { anchorsOf, internalLinks, markdownFiles, readMarkdown, ROOT } from './markdown-files.js';

const files = markdownFiles();

it.each(files)('every link of $file leads somewhere', (file) => {
  expect(internalLinks(file).filter((target) => !leadsSomewhere(file.file, target))).toEqual([]);
});

it('every page of docs/ can be reached from the README', () => {
  const reached = new Set<string>();
  const visit = (name: string) => {
    if (reached.has(name)) return;
    reached.add(name);
    for (const target of internalLinks(readMarkdown(name))) {
      const next = resolve(name, target);
      if (next.endsWith('.md') && existsSync(path.join(ROOT, next))) visit(next);
    }
  };
  visit('README.md');
  const pages = files.map(({ file }) => file).filter((file) => file.startsWith('docs/'));
  expect(pages.filter((page) => !reached.has(page))).toEqual([]);
});

function resolve(from: string, target: string): string {
  const [file = ''] = target.split('#');
  return file === '' ? from : path.posix.join(path.posix.dirname(from), decodeURI(file));
}

function leadsSomewhere(from: string, target: string): boolean {
  const file = resolve(from, target);
  if (!existsSync(path.join(ROOT, file))) return false;
  const [, anchor] = target.split('#');
  return anchor === undefined || anchorsOf(readMarkdown(file)).includes(anchor);
}
