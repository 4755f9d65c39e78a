import fc from 'fast-check';
import { createMarkdownStream, renderMarkdown } from '../../../../src/render/markdown/stream.js';
import type { MarkdownOptions } from '../../../../src/render/markdown/types.js';
import { createTheme } from '../../../../src/render/theme.js';

export function optionsOf(columns: number, more: Partial<MarkdownOptions> = {}): MarkdownOptions {
  return {
    columns: () => columns,
    theme: createTheme('dark', false),
    hyperlinks: false,
    ...more,
  };
}

/** The rows without styles. */
export const show = (text: string, columns = 80): string[] =>
  renderMarkdown(text, optionsOf(columns));

/** In colours; a theme of a terminal without any shows marks in their place. */
export const showColored = (text: string, columns = 80, hyperlinks = false): string[] =>
  renderMarkdown(text, optionsOf(columns, { theme: createTheme('dark', true), hyperlinks }));

export const plainOf = (rows: readonly string[]): string[] => rows.map(stripStyles);

export const stripStyles = (row: string): string =>
  // oxlint-disable-next-line no-control-regex
  row.replaceAll(/\u001b\[\d+m|\u001b\]8;;[\x21-\x7e]*\u0007/g, '');

/** Fragments of documents; `@` becomes a word of its own each time. */
const FRAGMENTS = [
  '@ ',
  '@\n',
  '\n',
  '\n\n',
  '@ @ @ @ @ @ @ @ @ @ @ @ ',
  '**@** ',
  '**',
  '*',
  '_@_ ',
  '`',
  '`@` ',
  '``',
  '[@](http://x.y/z) ',
  '[@',
  '](',
  '[@][ref] ',
  '\n[ref]: http://ref.x\n',
  '![@](u.png) ',
  '~~@~~ ',
  '# @\n',
  '### @ ###\n',
  '@\n===\n',
  '@\n---\n',
  '\n---\n',
  '\n***\n',
  '===\n',
  '- @\n',
  '* @\n',
  '  - @\n',
  '    - @\n',
  '1. @\n',
  '2) @\n',
  '10. @\n',
  '   @\n',
  '-\n',
  '- [ ] @\n',
  '- [x] @\n',
  '> @\n',
  '>> @\n',
  '> - @\n',
  '- > @\n',
  '>\n',
  '```\n',
  '```ts\n',
  '~~~\n',
  '- ```js\n',
  '  ```\n',
  '> ```\n',
  '````md\n',
  'const @ = "@"; // @\n',
  '/* @\n',
  '    @\n',
  '\t@\n',
  '| @ | @ |\n',
  '|---|:-:|\n',
  '|a|b|\n|-|-|\n',
  '@ | @\n',
  '| @ \\| @ | `@` | @ |\n',
  '<div>\n',
  '</div>\n',
  '<!-- @\n',
  '-->\n',
  '<b>@</b> ',
  '@<br>@ ',
  '<pre>\n',
  '</pre>\n',
  '&lt;@&gt; ',
  '&#27;[2J',
  '\\*@\\* ',
  '漢字@漢字。',
  '👨‍👩‍👧 ',
  '\r\n',
  '\u001b[2J',
  '\u202e',
  '\u200b',
  '  \n',
  '\\\n',
  'https://example.com/@?a=b_c_d ',
  '<http://a.b/@> ',
  'snake_case_@ ',
  '@@@@@@@@@@@@',
];

export const fragments = fc.array(fc.constantFrom(...FRAGMENTS), { minLength: 1, maxLength: 40 });

/** Blocks beyond what a stream holds back: paragraphs, lists, tables and code of hundreds of rows. */
export const longFragments = fc
  .array(fc.tuple(fc.constantFrom(...FRAGMENTS), fc.constantFrom(1, 1, 3, 90, 260)), {
    minLength: 1,
    maxLength: 8,
  })
  .map((parts) => parts.flatMap(([part, times]) => Array.from({ length: times }, () => part)));

/** The document, with every `@` a word that stands nowhere else. */
export function documentOf(parts: readonly string[]): { text: string; words: string[] } {
  const words: string[] = [];
  const text = parts.join('').replaceAll('@', () => {
    words.push(`q${String(words.length).padStart(4, '0')}z`);
    return words.at(-1) ?? '';
  });
  return { text, words };
}

/** Cuts a text at places that follow from the sizes, again and again. */
export function cut(text: string, sizes: readonly number[]): string[] {
  const pieces: string[] = [];
  for (let at = 0, index = 0; at < text.length; index += 1) {
    const size = sizes[index % sizes.length] ?? 1;
    pieces.push(text.slice(at, at + size));
    at += size;
  }
  return pieces;
}

export interface Streamed {
  /** All finished rows. */
  rows: string[];
  tails: string[][];
}

/** Pushes the pieces and asks for rows after some of them. */
export function streamed(pieces: readonly string[], options: MarkdownOptions, every = 1): Streamed {
  const stream = createMarkdownStream(options);
  const rows: string[] = [];
  const tails: string[][] = [];
  for (const [index, piece] of pieces.entries()) {
    stream.push(piece);
    if (index % every !== 0) continue;
    rows.push(...stream.takeCommitted());
    tails.push(stream.tail(8));
  }
  rows.push(...stream.end());
  return { rows, tails };
}
