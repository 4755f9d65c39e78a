import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toTerminalLine } from '../../../../../src/core/terminal-text.js';
import { columnsOf } from '../../../../../src/render/columns.js';
import {
  createLineInput,
  lineKey,
  lineRow,
  type LineInput,
} from '../../../../../src/render/ink/input/line-input.js';
import { createTheme } from '../../../../../src/render/theme.js';
import type { Key } from '../../../../../src/render/ink/types.js';
import { marked, pasted, press, typed } from './press.js';

const theme = createTheme('dark', false);

function pressAll(state: LineInput, ...keys: (string | Key)[]): LineInput {
  return keys.reduce<LineInput>(
    (now, key) => lineKey(now, typeof key === 'string' ? press(key) : key) ?? now,
    state,
  );
}

describe('a line of input', () => {
  it('is edited like the prompt', () => {
    expect(marked(createLineInput('too risky'))).toBe('too risky|');
    expect(marked(pressAll(createLineInput('too risky'), 'ctrl+w', typed('big'), 'home'))).toBe(
      '|too big',
    );
    expect(marked(pressAll(createLineInput('x'), 'ctrl+u', 'ctrl+y', 'ctrl+_'))).toBe('|');
  });

  it.each([
    'enter',
    'alt+enter',
    'shift+enter',
    'ctrl+j',
    'escape',
    'tab',
    'up',
    'down',
    'unknown',
    'ctrl+c',
  ])('leaves %s to the dialog', (chord) => {
    expect(lineKey(createLineInput('x\\'), press(chord))).toBeUndefined();
  });

  it('stays one line, and whole', () => {
    expect(createLineInput('a\nb\tc').text).toBe('a b c');
    expect(pressAll(createLineInput(), pasted('a\n\nb\n')).text).toBe('a b ');
    expect(pressAll(createLineInput(), typed('a\nb')).text).toBe('a b');
    expect(pressAll(createLineInput(), pasted('x'.repeat(5000))).text).toBe('x'.repeat(5000));
  });

  it.each<[string, string[], string, number]>([
    ['abc', [], 'abc', 3],
    ['abc', ['left'], 'abc', 2],
    ['abcdefghij', [], 'abcdefghij', 10],
    ['abcdefghijkl', [], '…defghijkl', 10],
    ['abcdefghijkl', ['home'], 'abcdefghi…', 0],
    ['abcdefghijklmnop', Array.from({ length: 8 }, () => 'left'), '…efghijkl…', 5],
    ['你好世界你好', [], '… 世界你好', 10],
    ['a\u202eb', [], String.raw`a\u{202e}b`, 10],
  ])('%j after %j is shown as %j', (text, keys, row, x) => {
    const shown = lineRow(pressAll(createLineInput(text), ...keys), { columns: 10, theme });
    expect(shown).toEqual({ row, x });
  });

  it('has its label before it where there is room', () => {
    const state = createLineInput('why');
    expect(lineRow(state, { columns: 20, theme, label: 'Reason: ' })).toEqual({
      row: 'Reason: why',
      x: 11,
    });
    expect(lineRow(state, { columns: 8, theme, label: 'Reason: ' })).toEqual({ row: 'why', x: 3 });
  });

  it('is never too wide', () => {
    const inputs = fc.record({
      text: fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' })),
      left: fc.nat({ max: 20 }),
      columns: fc.integer({ min: 1, max: 30 }),
    });
    fc.assert(
      fc.property(inputs, ({ text, left, columns }) => {
        const keys = Array.from({ length: left }, () => 'left');
        const { row, x } = lineRow(pressAll(createLineInput(text), ...keys), {
          columns,
          theme,
          label: 'Why: ',
        });
        expect(columnsOf(row)).toBeLessThanOrEqual(columns);
        expect(x).toBeLessThanOrEqual(columns);
        expect(toTerminalLine(row)).toBe(row);
      }),
      { numRuns: 300 },
    );
  });
});
