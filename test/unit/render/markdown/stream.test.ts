import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadHighlighter } from '../../../../src/render/markdown/highlight.js';
import { createMarkdownStream, renderMarkdown } from '../../../../src/render/markdown/stream.js';
import { columnsOf } from '../../../../src/render/columns.js';
import { createTheme } from '../../../../src/render/theme.js';
import {
  cut,
  documentOf,
  fragments,
  longFragments,
  optionsOf,
  plainOf,
  streamed,
  stripStyles,
} from './fixtures.js';

const FORBIDDEN =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e0fff}]/u;
const RUNS = 300;
const dark = createTheme('dark', true);
const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 5 });
const styled = fc.record({
  theme: fc.constantFrom(dark, createTheme('light', false)),
  hyperlinks: fc.boolean(),
});

/** The styles that are still on at the end of a row. */
function openStyles(row: string): string[] {
  const open = new Set<string>();
  const ends: Record<string, string[]> = {
    22: ['1', '2'],
    23: ['3'],
    24: ['4'],
    27: ['7'],
    29: ['9'],
    39: ['31', '32', '33', '34', '35', '36', '94'],
  };
  // oxlint-disable-next-line no-control-regex
  for (const [, code = '', url] of row.matchAll(
    /\u001b\[(\d+)m|\u001b\]8;;([\x21-\x7e]*)\u0007/g,
  )) {
    if (url !== undefined) {
      if (url === '') open.delete('link');
      else open.add('link');
    } else if (ends[code] === undefined) open.add(code);
    else for (const style of ends[code]) open.delete(style);
  }
  return [...open];
}

/** A word is cut where a cell is narrow, and other cells stand between its parts: long ones, and those beyond the rows that decided the widths. */
const cutsWords = (parts: readonly string[]): boolean =>
  parts.some((part) => part.includes('-|')) &&
  (parts.length > 190 || parts.some((part) => part.length > 11 && !part.includes(' @')));

describe('a Markdown stream', () => {
  beforeAll(() => loadHighlighter());

  it('gives the rows of the whole text, however it is cut', () => {
    fc.assert(
      fc.property(
        fragments,
        sizes,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 20, max: 110 }),
        styled,
        (parts, lengths, every, columns, style) => {
          const { text } = documentOf(parts);
          const options = optionsOf(columns, style);
          const { rows } = streamed(cut(text, lengths), options, every);
          expect(rows).toEqual(renderMarkdown(text, options));
        },
      ),
      { numRuns: RUNS },
    );
  });

  it('makes rows that fit, are safe, and end their styles', () => {
    fc.assert(
      fc.property(
        fragments,
        sizes,
        fc.integer({ min: 1, max: 110 }),
        styled,
        (parts, lengths, columns, style) => {
          const { text } = documentOf(parts);
          const { rows, tails } = streamed(cut(text, lengths), optionsOf(columns, style), 3);
          for (const row of [...rows, ...tails.flat()]) {
            const plain = stripStyles(row);
            expect(columnsOf(plain)).toBeLessThanOrEqual(columns);
            expect(plain).not.toMatch(FORBIDDEN);
            expect(openStyles(row)).toEqual([]);
          }
          for (const tail of tails) expect(tail.length).toBeLessThanOrEqual(8);
        },
      ),
      { numRuns: RUNS },
    );
  });

  it('loses and doubles no word', () => {
    fc.assert(
      fc.property(
        fragments,
        sizes,
        fc.integer({ min: 30, max: 110 }),
        (parts, lengths, columns) => {
          fc.pre(!cutsWords(parts));
          const { text, words } = documentOf(parts);
          const { rows } = streamed(cut(text, lengths), optionsOf(columns), 2);
          const all = rows.join('\n').replaceAll(/\n[\s│]*/g, '');
          for (const word of words) expect(all.split(word).length - 1, word).toBe(1);
        },
      ),
      { numRuns: RUNS },
    );
  });

  it('holds all of this for blocks of hundreds of rows', () => {
    fc.assert(
      fc.property(
        longFragments,
        sizes,
        fc.integer({ min: 40, max: 110 }),
        (parts, lengths, columns) => {
          const { text, words } = documentOf(parts);
          const { rows } = streamed(cut(text, lengths), optionsOf(columns), 7);
          expect(rows).toEqual(renderMarkdown(text, optionsOf(columns)));
          const found =
            rows
              .join('\n')
              .replaceAll(/\n[\s│]*/g, '')
              .match(/q\d+z/g) ?? [];
          if (!cutsWords(parts)) expect(found.toSorted()).toEqual(words.toSorted());
          expect(rows.every((row) => columnsOf(row) <= columns)).toBe(true);
        },
      ),
      { numRuns: RUNS / 6 },
    );
  });

  it('never begins or ends with an empty row, and parts blocks by one', () => {
    fc.assert(
      fc.property(fragments, fc.integer({ min: 20, max: 110 }), (parts, columns) => {
        const { text } = documentOf(parts);
        // Code keeps its empty lines.
        fc.pre(!/```|~~~|    |\t|<pre|<!--/.test(text));
        const rows = plainOf(renderMarkdown(text, optionsOf(columns))).map((row) =>
          row.replaceAll('│', '').trim(),
        );
        expect(rows[0]).not.toBe('');
        expect(rows.at(-1)).not.toBe('');
        for (const [index, row] of rows.entries())
          expect(row === '' && rows[index + 1] === '').toBe(false);
      }),
      { numRuns: RUNS },
    );
  });

  it('keeps what is committed when the width changes', () => {
    let columns = 60;
    const stream = createMarkdownStream(optionsOf(0, { columns: () => columns }));
    stream.push(`${'wide words '.repeat(12)}\n\n${'more words '.repeat(12)}`);
    const before = stream.takeCommitted();
    expect(before.some((row) => row.length > 30)).toBe(true);
    columns = 30;
    for (const row of [...stream.tail(20), ...stream.end()])
      expect(row.length).toBeLessThanOrEqual(30);
  });
});
