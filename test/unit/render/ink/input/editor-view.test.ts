import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toTerminal } from '../../../../../src/core/terminal-text.js';
import { columnsOf } from '../../../../../src/render/columns.js';
import { emptyEditor, type EditorState } from '../../../../../src/render/ink/input/editor.js';
import {
  editorRows,
  type EditorViewOptions,
} from '../../../../../src/render/ink/input/editor-view.js';
import { createTheme } from '../../../../../src/render/theme.js';
import { editor, pasted, pressAll } from './press.js';

const theme = createTheme('dark', false);
const colors = createTheme('dark', true);

function view(state: EditorState, options: Partial<EditorViewOptions> = {}) {
  return editorRows(state, { columns: 20, maxRows: 10, theme, ...options });
}

const TEN = Array.from({ length: 10 }, (_, index) => `line ${String(index)}`).join('\n');

/** The ten lines with the cursor at the beginning of one. */
function atLine(index: number): EditorState {
  return { ...emptyEditor(), text: TEN, cursor: TEN.indexOf(`line ${String(index)}`) };
}

describe('the editor on the screen', () => {
  it('has a prompt in the first row and blanks in the others', () => {
    expect(view(editor('one\n\ntwo|'))).toEqual({
      rows: ['❯ one', '', '  two'],
      cursor: { x: 5, y: 2 },
    });
    expect(view(editor('x|'), { prompt: '!' }).rows).toEqual(['! x']);
    expect(view(editor('x|'), { screenReader: true }).rows).toEqual(['> x']);
    expect(view(editor('x|'), { theme: colors }).rows).toEqual(['\u001b[36m❯ \u001b[39mx']);
  });

  it('shows a placeholder while there is no text', () => {
    expect(view(emptyEditor(), { placeholder: 'Ask something long enough' })).toEqual({
      rows: ['❯ Ask something lon…'],
      cursor: { x: 2, y: 0 },
    });
    expect(view(editor('x|'), { placeholder: 'Ask' }).rows).toEqual(['❯ x']);
  });

  it.each<[string, string[], { x: number; y: number }]>([
    ['one two three|', ['❯ one two ', '  three'], { x: 7, y: 1 }],
    ['one two |three', ['❯ one two ', '  three'], { x: 2, y: 1 }],
    ['one two| three', ['❯ one two ', '  three'], { x: 9, y: 0 }],
    // The word is longer than a row.
    ['abcdefghijkl|', ['❯ abcdefgh', '  ijkl'], { x: 6, y: 1 }],
    // A full row: the cursor has the column beside it.
    ['abcdefgh|', ['❯ abcdefgh'], { x: 10, y: 0 }],
    // The space that does not fit is not seen.
    ['abcdefgh |', ['❯ abcdefgh', ''], { x: 2, y: 1 }],
    ['abcdefgh| x', ['❯ abcdefgh', '  x'], { x: 10, y: 0 }],
    // Wide characters never stand half.
    ['你好世界你|', ['❯ 你好世界', '  你'], { x: 4, y: 1 }],
    ['a你好世界|', ['❯ a你好世', '  界'], { x: 4, y: 1 }],
    ['👩‍👩‍👧👩‍👩‍👧|', ['❯ 👩‍👩‍👧👩‍👩‍👧'], { x: 6, y: 0 }],
    ['e\u0301|x', ['❯ e\u0301x'], { x: 3, y: 0 }],
    // Tabs and what nobody should have in a text.
    ['a\tb|', ['❯ a    b'], { x: 8, y: 0 }],
    ['a\u009bb|', [String.raw`❯ a\x9bb`], { x: 8, y: 0 }],
    ['a\u202e|', ['❯ a', String.raw`  \u{202e}`], { x: 10, y: 1 }],
  ])('wraps %j at ten columns', (text, rows, cursor) => {
    expect(view(editor(text), { columns: 10 })).toEqual({ rows, cursor });
  });

  it.each<[number, string[], { x: number; y: number }]>([
    [0, ['❯ line 0', '  line 1', '  line 2', '  line 3', '  … +6 lines below'], { x: 2, y: 0 }],
    [2, ['❯ line 0', '  line 1', '  line 2', '  line 3', '  … +6 lines below'], { x: 2, y: 2 }],
    [
      5,
      ['❯ … +4 lines above', '  line 4', '  line 5', '  line 6', '  … +3 lines below'],
      { x: 2, y: 2 },
    ],
    [9, ['❯ … +6 lines above', '  line 6', '  line 7', '  line 8', '  line 9'], { x: 2, y: 4 }],
  ])('is scrolled to the cursor in line %i', (line, rows, cursor) => {
    expect(view(atLine(line), { maxRows: 5 })).toEqual({ rows, cursor });
  });

  it('shows the text and no marks in very few rows', () => {
    expect(view(atLine(5), { maxRows: 1 }).rows).toEqual(['❯ line 5']);
    expect(view(atLine(5), { maxRows: 3 }).rows).toEqual(['❯ line 4', '  line 5', '  line 6']);
    expect(view(atLine(5), { maxRows: 0 }).rows).toEqual(['❯ line 5']);
  });

  it('counts a line of which only a part is hidden', () => {
    const state = { ...emptyEditor(), text: 'word '.repeat(40), cursor: 100 };
    expect(view(state, { maxRows: 5 }).rows).toEqual([
      '❯ … +1 line above',
      '  word word word ',
      '  word word word ',
      '  word word word ',
      '  … +1 line below',
    ]);
  });

  it('sets off the label of a folded paste', () => {
    const state = pressAll(editor('see | ok'), [pasted('x\n'.repeat(42))]);
    expect(view(state, { columns: 40, theme: colors, prompt: '> ' }).rows).toEqual([
      '> see \u001b[36m[Pasted #1 +42 lines]\u001b[39m ok',
    ]);
  });

  it('works in one column', () => {
    expect(view(editor('ab 你|'), { columns: 1 })).toEqual({
      rows: ['a', 'b', '…'],
      cursor: { x: 1, y: 2 },
    });
    expect(view(emptyEditor(), { columns: 1, placeholder: 'Ask' }).rows).toEqual(['…']);
  });
});

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 80 }),
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc
    .array(
      fc.constantFrom(
        'a',
        ' ',
        'word ',
        '\n',
        '你',
        '👩‍👩‍👧',
        '🇳',
        'e\u0301',
        '\u200d',
        '\ufe0f',
        '\u1100',
        '\u1161',
        '\t',
        '\u202e',
        'नि',
        '\u0903',
        'ﾞ',
        '\ud83d',
        '1\u20e3',
      ),
      { maxLength: 80 },
    )
    .map((parts) => parts.join('')),
);

it('never draws a row that is too wide, unsafe, or without the cursor', () => {
  const inputs = fc.record({
    text: anyText,
    at: fc.nat(),
    columns: fc.integer({ min: 1, max: 40 }),
    maxRows: fc.integer({ min: 1, max: 12 }),
  });
  fc.assert(
    fc.property(inputs, ({ text, at, columns, maxRows }) => {
      const segments = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text);
      const borders = [...Array.from(segments, ({ index }) => index), text.length];
      const cursor = borders[at % borders.length] ?? 0;
      const { rows, cursor: place } = view(
        { ...emptyEditor(), text, cursor },
        { columns, maxRows },
      );
      expect(rows.length).toBeLessThanOrEqual(maxRows);
      for (const row of rows) {
        expect(columnsOf(row)).toBeLessThanOrEqual(columns);
        expect(row).not.toContain('\n');
        expect(toTerminal(row)).toBe(row);
      }
      expect(place.y).toBeLessThan(rows.length);
      expect(place.x).toBeLessThanOrEqual(columns);
    }),
    { numRuns: 500 },
  );
});

it('shows all of the text, in order', () => {
  const words = fc.array(fc.constantFrom('a', 'bcd', 'efghijklmnop', '你好', '👩‍👩‍👧'), {
    minLength: 1,
  });
  fc.assert(
    fc.property(words, fc.integer({ min: 2, max: 40 }), (words, columns) => {
      const text = words.join(' ');
      const { rows } = view({ ...emptyEditor(), text }, { columns, maxRows: 10_000, prompt: '  ' });
      const shown = rows.join('').replaceAll(' ', '');
      expect(shown).toBe(words.join(''));
    }),
  );
});

describe('a megabyte', () => {
  it.each([
    ['lines', 'The quick brown fox jumps over the lazy dog.\n'],
    ['empty lines', '\n'],
    ['one line', 'word '],
    ['one line without spaces', '你好世界'],
    ['one line of emoji', '👩‍👩‍👧'],
  ])('of %s is drawn about as quickly as less', (_, piece) => {
    const timed = (size: number): number => {
      const text = piece.repeat(Math.ceil(size / piece.length));
      const cursor = piece.length * Math.floor(text.length / piece.length / 2);
      const state = { ...emptyEditor(), text, cursor };
      view(state, { columns: 80 });
      const started = performance.now();
      for (let round = 0; round < 5; round += 1) {
        const { rows } = view(state, { columns: 80 });
        expect(rows).toHaveLength(10);
      }
      return (performance.now() - started) / 5;
    };
    expect(timed(1_000_000)).toBeLessThan(10 * timed(100_000) + 50);
  });

  it('has no row missing or doubled where long lines are laid out in pieces', () => {
    const text = Array.from({ length: 3000 }, (_, index) => `w${String(index)}`).join(' ');
    const { rows } = view(
      { ...emptyEditor(), text, cursor: 9000 },
      { columns: 60, maxRows: 10_000 },
    );
    expect(rows.map((row) => row.slice(2).trim()).join(' ')).toBe(text);
    const emoji = '👩‍👩‍👧'.repeat(2000);
    const drawn = view(
      { ...emptyEditor(), text: emoji, cursor: 8000 },
      { columns: 61, maxRows: 10_000 },
    );
    expect(drawn.rows.map((row) => row.slice(2)).join('')).toBe(emoji);
  });
});
