import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnsOf } from '../../../src/render/columns.js';
import { formatTable } from '../../../src/render/table.js';

const HEAD = ['NAME', 'ARGUMENTS', 'DESCRIPTION'];
const ROWS = [
  ['add_numbers', 'number1 number2 precision?', 'Adds two numbers and tells their sum in words'],
  ['漢字', 'x', '説明はここにあります'],
];
const lines = (width?: number, rows = ROWS) => formatTable(HEAD, rows, { width }).split('\n');

describe('a table', () => {
  it('is whole in a pipe, aligned by display columns', () => {
    expect(lines()).toEqual([
      'NAME         ARGUMENTS                   DESCRIPTION',
      'add_numbers  number1 number2 precision?  Adds two numbers and tells their sum in words',
      '漢字         x                           説明はここにあります',
      '',
    ]);
  });

  it('cuts the widest columns where it is narrow', () => {
    expect(lines(60)).toEqual([
      'NAME         ARGUMENTS               DESCRIPTION',
      'add_numbers  number1 number2 preci…  Adds two numbers and t…',
      '漢字         x                       説明はここにあります',
      '',
    ]);
  });

  it('leaves columns out where there is no room, and never cuts names for them', () => {
    expect(lines(30)[1]).toBe('add_numbers  number1 number2 …');
    expect(lines(20)[1]).toBe('add_numbers');
    expect(lines(5)[1]).toBe('add_…');
  });

  it('gives a very long name a line of its own', () => {
    const uri = `file:///${'x'.repeat(50)}`;
    expect(
      lines(60, [
        [uri, 'a', 'b'],
        ['short', 'c', 'd'],
      ]),
    ).toEqual([
      'NAME   ARGUMENTS  DESCRIPTION',
      uri,
      '       a          b',
      'short  c          d',
      '',
    ]);
  });

  it('styles its header only', () => {
    const paintHead = (line: string) => `<${line}>`;
    expect(formatTable(['A'], [['b']], { paintHead })).toBe('<A>\nb\n');
    expect(formatTable(['A'], [])).toBe('A\n');
  });

  it('fits every width', () => {
    const cell = fc.oneof(
      fc.string({ unit: 'grapheme-ascii' }),
      fc.constantFrom('漢字'.repeat(9), '👩‍👩‍👧'),
    );
    const rows = fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { maxLength: 5 });
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 120 }), (some, width) => {
        for (const line of lines(width, some)) expect(columnsOf(line)).toBeLessThanOrEqual(width);
      }),
    );
  });
});
