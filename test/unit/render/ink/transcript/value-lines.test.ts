import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../../../src/core/json.js';
import { cutRows } from '../../../../../src/render/ink/transcript/rows.js';
import { valueLines } from '../../../../../src/render/ink/transcript/value-lines.js';
import { columnsOf } from '../../../../../src/render/columns.js';
import { hostile } from '../hostile.js';
import { faults } from './fixtures.js';

const lines = (value: JsonValue, maxChars?: number): string[] =>
  [...valueLines(value, maxChars === undefined ? {} : { maxChars })].map(
    ({ depth, text, quoted }) => '  '.repeat(depth) + (quoted ? '┆ ' : '') + text,
  );

describe('a value as lines', () => {
  it('has one line a field, and shows what is what', () => {
    const value = {
      text: 'a "quoted" one',
      number: 1.5,
      yes: true,
      no: null,
      empty: [],
      none: {},
      list: [1, 'two', false],
      long: ['x'.repeat(40), 'y'.repeat(40)],
      objects: [{ a: 1, b: [{ c: 2 }] }, 'text'],
      lines: 'one\n  two\n',
      'odd key: ': { 'a\nb': 1 },
    };
    expect(lines(value)).toEqual([
      String.raw`text: "a \"quoted\" one"`,
      'number: 1.5',
      'yes: true',
      'no: null',
      'empty: []',
      'none: {}',
      'list: [1, "two", false]',
      'long:',
      `  - "${'x'.repeat(40)}"`,
      `  - "${'y'.repeat(40)}"`,
      'objects:',
      '  - a: 1',
      '    b:',
      '      - c: 2',
      '  - "text"',
      'lines: (3 lines)',
      '  ┆ one',
      '  ┆   two',
      '  ┆ ',
      '"odd key: ":',
      String.raw`  "a\nb": 1`,
    ]);
  });

  it.each([
    ['text', ['"text"']],
    [3, ['3']],
    [[], ['[]']],
    [{}, ['{}']],
  ] as const)('also of %j alone', (value, expected) => {
    expect(lines(value as JsonValue)).toEqual(expected);
  });

  it('cuts strings only when it is told to', () => {
    expect(lines({ a: 'x'.repeat(100) }, 5)).toEqual(['a: "xxxxx…"']);
    expect(lines({ a: 'x'.repeat(100) })).toEqual([`a: "${'x'.repeat(100)}"`]);
  });

  it('tells an escape of its own from one in the text', () => {
    expect(lines('a\n\\x1b')).toEqual(['(2 lines)', '  ┆ a', String.raw`  ┆ \x1b`]);
    expect(lines('a\n\u001b')).toEqual(['(2 lines, escaped)', '  ┆ a', String.raw`  ┆ \x1b`]);
    expect(lines('\t\n\\t')).toEqual([
      '(2 lines, escaped)',
      String.raw`  ┆ \t`,
      String.raw`  ┆ \\t`,
    ]);
    expect(lines('\\u{202e}\u202e')).toEqual([String.raw`"\\u{202e}\u{202e}"`]);
  });

  it('does not nest without end', () => {
    let value: JsonValue = 'core';
    for (let depth = 0; depth < 500; depth += 1) value = { a: value };
    expect(lines(value).length).toBeLessThan(40);
    expect(lines(value).at(-1)).toContain('core');
  });

  it('is safe whatever is in it, and no two values look the same', () => {
    const value = fc.oneof(
      hostile,
      fc.array(hostile, { maxLength: 3 }),
      fc.dictionary(hostile, hostile, { maxKeys: 3 }),
    );
    const property = fc.property(value, value, (one, other) => {
      expect(faults(lines(one), Infinity)).toEqual([]);
      const visible = (each: JsonValue) => JSON.stringify(each).replaceAll('\\r\\n', '\\n');
      if (visible(one) !== visible(other)) expect(lines(one)).not.toEqual(lines(other));
    });
    fc.assert(property, { numRuns: 300 });
  });
});

describe('a line cut into rows', () => {
  it('loses nothing and fits', () => {
    const property = fc.property(
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc.integer({ min: 4, max: 20 }),
      (line, columns) => {
        const rows = cutRows(line, columns);
        expect(rows.join('')).toBe(line);
        expect(Math.max(...rows.map(columnsOf))).toBeLessThanOrEqual(columns);
      },
    );
    fc.assert(property);
  });

  it('is cut within a grapheme that is wider than the row', () => {
    const line = `a${'\u1100'.repeat(50)}b`;
    const rows = cutRows(line, 10);
    expect(rows.join('')).toBe(line);
    expect(Math.max(...rows.map(columnsOf))).toBeLessThanOrEqual(10);
  });
});
