import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  editKey,
  emptyEditor,
  expandedText,
  insertText,
  replaceRange,
  setText,
  type EditorState,
} from '../../../../../src/render/ink/input/editor.js';
import type { Key } from '../../../../../src/render/ink/types.js';
import { editor, marked, pasted, press, pressAll, typed } from './press.js';

const FAMILY = '👩‍👩‍👧';
const FLAG = '🇳🇱';
const ACCENT = 'e\u0301';

describe('keys of the editor', () => {
  it.each<[string, string, string]>([
    // Motions.
    ['ab|c', 'left', 'a|bc'],
    ['|abc', 'left', '|abc'],
    ['a|bc', 'right', 'ab|c'],
    ['abc|', 'right', 'abc|'],
    ['ab|c', 'ctrl+b', 'a|bc'],
    ['a|bc', 'ctrl+f', 'ab|c'],
    ['a|bc', 'shift+right', 'ab|c'],
    ['one\ntw|o', 'home', 'one\n|two'],
    ['on|e\ntwo', 'end', 'one|\ntwo'],
    ['one\ntw|o', 'ctrl+a', 'one\n|two'],
    ['one\n|two', 'ctrl+a', 'one\n|two'],
    ['\n|', 'ctrl+a', '\n|'],
    ['|\n', 'ctrl+e', '|\n'],
    ['o|ne\ntwo', 'ctrl+e', 'one|\ntwo'],
    ['one\ntw|o', 'ctrl+home', '|one\ntwo'],
    ['one\ntw|o', 'alt+<', '|one\ntwo'],
    ['o|ne\ntwo', 'ctrl+end', 'one\ntwo|'],
    ['one\n|two', 'left', 'one|\ntwo'],
    // Words.
    ['one two|', 'alt+b', 'one |two'],
    ['one two.  |', 'alt+b', 'one |two.  '],
    ['one tw|o', 'ctrl+left', 'one |two'],
    ['|one two', 'alt+f', 'one| two'],
    ['one| two', 'ctrl+right', 'one two|'],
    ['a|_b1(c)', 'alt+right', 'a_b1|(c)'],
    ['|naïve café', 'alt+f', 'naïve| café'],
    ['|我喜欢音乐', 'alt+f', '我|喜欢音乐'],
    ['我喜欢音乐|', 'alt+b', '我喜欢|音乐'],
    [`|${FAMILY} x`, 'alt+f', `${FAMILY} x|`],
    // Deleting.
    ['ab|c', 'backspace', 'a|c'],
    ['|abc', 'backspace', '|abc'],
    ['ab|c', 'ctrl+h', 'a|c'],
    ['a|bc', 'delete', 'a|c'],
    ['abc|', 'delete', 'abc|'],
    ['a|bc', 'ctrl+d', 'a|c'],
    ['abc|', 'ctrl+d', 'abc|'],
    ['one\n|two', 'backspace', 'one|two'],
    // Killing.
    ['one two.x|', 'ctrl+w', 'one |'],
    ['one two.x  |', 'ctrl+w', 'one |'],
    ['one two.x|', 'alt+backspace', 'one two.|'],
    ['one two|', 'ctrl+backspace', 'one |'],
    ['|one two', 'alt+d', '| two'],
    ['one| two', 'ctrl+delete', 'one|'],
    ['one\ntw|o\nx', 'ctrl+k', 'one\ntw|\nx'],
    ['one|\ntwo', 'ctrl+k', 'one|two'],
    ['one\ntw|o', 'ctrl+u', 'one\n|o'],
    ['one\n|two', 'ctrl+u', 'one|two'],
    // New lines.
    ['a|b', 'shift+enter', 'a\n|b'],
    ['a|b', 'alt+enter', 'a\n|b'],
    ['a|b', 'ctrl+j', 'a\n|b'],
    ['a\\|b', 'enter', 'a\n|b'],
    // Wide and joined characters.
    [`a${FAMILY}|`, 'left', `a|${FAMILY}`],
    [`a|${FAMILY}`, 'right', `a${FAMILY}|`],
    [`${FAMILY}${FAMILY}|`, 'backspace', `${FAMILY}|`],
    [`${FLAG}${FLAG}|`, 'backspace', `${FLAG}|`],
    [`|${FLAG}${FLAG}`, 'delete', `|${FLAG}`],
    [`${ACCENT}|`, 'backspace', '|'],
    ['你好|', 'backspace', '你|'],
    ['\ud83d|', 'backspace', '|'],
  ])('%j %s gives %j', (from, chord, to) => {
    const next = editKey(editor(from), press(chord), 80);
    expect(next === undefined ? next : marked(next)).toBe(to);
  });

  it.each([
    ['ab|c', 'enter'],
    ['ab|c', 'tab'],
    ['ab|c', 'escape'],
    ['ab|c', 'up'],
    ['ab|c', 'down'],
    ['ab|c', 'ctrl+p'],
    ['ab|c', 'ctrl+n'],
    ['ab|c', 'ctrl+t'],
    ['ab|c', 'ctrl+c'],
    ['ab|c', 'ctrl+f1'],
    ['ab|c', 'unknown'],
    ['ab|c', 'reply'],
    ['ab|c', 'pageup'],
    ['|', 'ctrl+d'],
    ['one\n|', 'down'],
    ['on|e\n', 'up'],
  ])('%j: %s is not the editor’s', (from, chord) => {
    expect(editKey(editor(from), press(chord), 80)).toBeUndefined();
  });

  it('put text in at the cursor', () => {
    expect(marked(pressAll(editor('a|b'), [typed('xy')]))).toBe('axy|b');
    // A mark joins what stands before it.
    expect(marked(pressAll(editor('e|x'), [typed('\u0301')]))).toBe(`${ACCENT}|x`);
    // Two halves of a flag make one.
    expect(marked(pressAll(editor('|🇱'), [typed('🇳')]))).toBe(`${FLAG}|`);
  });

  it('drop control characters, and know every line ending', () => {
    const state = insertText(emptyEditor(), 'a\u001b[2J\r\nb\rc\td\u0000\u007f');
    expect(state.text).toBe('a[2J\nb\nc\td');
  });
});

describe('rows', () => {
  it('keep the column that one has come from', () => {
    const down = pressAll(editor('long| line\nx\nlonger line'), ['down']);
    expect(marked(down)).toBe('long line\nx|\nlonger line');
    expect(marked(pressAll(down, ['down']))).toBe('long line\nx\nlong|er line');
    expect(marked(pressAll(down, ['left', 'down']))).toBe('long line\nx\n|longer line');
  });

  it('are those of the screen', () => {
    // Eight columns: "one two " and "three".
    const state = editor('one two three|');
    expect(marked(pressAll(state, ['up'], 10))).toBe('one t|wo three');
    expect(marked(pressAll(state, ['up', 'up'], 10))).toBe('one t|wo three');
    expect(editKey(editor('one |two three'), press('up'), 10)).toBeUndefined();
    expect(marked(pressAll(editor('one |two three'), ['down'], 10))).toBe('one two thre|e');
  });

  it('count two columns for a wide character', () => {
    expect(marked(pressAll(editor('你好世|界\nabcdefgh'), ['down']))).toBe('你好世界\nabcdef|gh');
    expect(marked(pressAll(editor('你好世界\nabc|defgh'), ['up']))).toBe('你|好世界\nabcdefgh');
  });
});

describe('the kill ring', () => {
  it('gives back what was killed', () => {
    const state = pressAll(editor('one two|'), ['ctrl+w', 'ctrl+a', 'ctrl+y']);
    expect(marked(state)).toBe('two|one ');
  });

  it('makes one text of kills in a row', () => {
    const back = pressAll(editor('one two three|'), ['ctrl+w', 'ctrl+w', 'ctrl+y']);
    expect(marked(back)).toBe('one two three|');
    const both = pressAll(editor('one two| three four'), ['alt+d', 'ctrl+w', 'alt+d', 'ctrl+y']);
    expect(marked(both)).toBe('one two three four|');
    const apart = pressAll(editor('one two|'), ['ctrl+w', 'left', 'ctrl+u', 'ctrl+y']);
    expect(marked(apart)).toBe('one| ');
  });

  it('turns with Alt+Y after a yank', () => {
    const killed = pressAll(editor('|'), [
      typed('a'),
      'ctrl+u',
      typed('b'),
      'ctrl+u',
      typed('c'),
      'ctrl+u',
    ]);
    expect(marked(pressAll(killed, ['ctrl+y']))).toBe('c|');
    expect(marked(pressAll(killed, ['ctrl+y', 'alt+y']))).toBe('b|');
    expect(marked(pressAll(killed, ['ctrl+y', 'alt+y', 'alt+y']))).toBe('a|');
    expect(marked(pressAll(killed, ['ctrl+y', 'alt+y', 'alt+y', 'alt+y']))).toBe('c|');
    expect(marked(pressAll(killed, ['ctrl+y', 'left', 'alt+y']))).toBe('|c');
    expect(marked(pressAll(killed, ['alt+y']))).toBe('|');
  });
});

describe('undo', () => {
  it('takes back a word at a time', () => {
    const keys = [...'one two three'].map((character) => typed(character));
    const state = pressAll(emptyEditor(), keys);
    const steps = [1, 2, 3, 4].map((count) =>
      marked(
        pressAll(
          state,
          Array.from({ length: count }, () => 'ctrl+_'),
        ),
      ),
    );
    expect(steps).toEqual(['one two |', 'one |', '|', '|']);
  });

  it('puts back what was erased, and the cursor', () => {
    const state = pressAll(editor('one two|'), [
      'left',
      'backspace',
      'backspace',
      'home',
      'ctrl+_',
    ]);
    expect(marked(state)).toBe('one tw|o');
    expect(marked(pressAll(editor('|abc'), ['delete', 'delete', 'ctrl+_']))).toBe('|abc');
    expect(marked(pressAll(editor('one two|'), ['ctrl+w', 'ctrl+_']))).toBe('one two|');
  });

  it('is undone by Alt+_ until something else is done', () => {
    const state = pressAll(editor('|'), [typed('one'), 'home', typed('two'), 'ctrl+_', 'ctrl+_']);
    expect(marked(state)).toBe('|');
    expect(marked(pressAll(state, ['alt+_']))).toBe('one|');
    expect(marked(pressAll(state, ['alt+_', 'alt+_']))).toBe('two|one');
    expect(marked(pressAll(state, ['alt+_', typed('x'), 'alt+_']))).toBe('onex|');
  });

  it('takes back a text that was set, and a range that was replaced', () => {
    const set = setText(editor('draf|t'), 'from history');
    expect(marked(set)).toBe('from history|');
    expect(marked(pressAll(set, ['ctrl+_']))).toBe('draf|t');
    const replaced = replaceRange(editor('see @re| now'), { start: 4, end: 7 }, '@readme.md');
    expect(marked(replaced)).toBe('see @readme.md| now');
    expect(marked(pressAll(replaced, ['ctrl+_']))).toBe('see @re| now');
  });
});

describe('a long paste', () => {
  const LINES = Array.from({ length: 42 }, (_, index) => `line ${String(index)}`).join('\n');

  it.each([
    [LINES, '[Pasted #1 +42 lines]'],
    [`${LINES}\n`, '[Pasted #1 +42 lines]'],
    ['x'.repeat(2345), '[Pasted #1 +2,345 chars]'],
    ['x\n'.repeat(11), '[Pasted #1 +11 lines]'],
  ])('is shown as a label and sent in full', (text, label) => {
    const state = pressAll(editor('see | please'), [pasted(text)]);
    expect(marked(state)).toBe(`see ${label}| please`);
    expect(expandedText(state)).toBe(`see ${text} please`);
  });

  it.each(['x\n'.repeat(10), 'x'.repeat(1000), 'a\nb'])('is text when it is short', (text) => {
    expect(pressAll(emptyEditor(), [pasted(text)]).text).toBe(text);
  });

  it('is one unit for the cursor and for deleting', () => {
    const state = pressAll(editor('a|b'), [pasted(LINES)]);
    expect(marked(pressAll(state, ['left']))).toBe('a|[Pasted #1 +42 lines]b');
    expect(marked(pressAll(state, ['left', 'right']))).toBe(marked(state));
    expect(marked(pressAll(state, ['backspace']))).toBe('a|b');
    expect(marked(pressAll(state, ['left', 'delete']))).toBe('a|b');
    expect(marked(pressAll(state, ['alt+b']))).toBe('a|[Pasted #1 +42 lines]b');
    expect(marked(pressAll(state, ['home', 'right', 'alt+f']))).toBe('a[Pasted #1 +42 lines]|b');
    expect(marked(pressAll(state, ['alt+backspace']))).toBe('a|b');
    expect(marked(pressAll(state, ['ctrl+w']))).toBe('a|b');
  });

  it('comes back from undo and from the kill ring as it was', () => {
    const state = pressAll(editor('a|b'), [pasted(LINES)]);
    for (const keys of [
      ['backspace', 'ctrl+_'],
      ['ctrl+u', 'ctrl+y'],
      ['ctrl+w', 'ctrl+_'],
      ['left', 'ctrl+k', 'ctrl+y'],
      ['ctrl+_', 'alt+_'],
    ]) {
      expect(expandedText(pressAll(state, keys))).toBe(`a${LINES}b`);
    }
  });

  it('is not entered by a character that joins the one behind it', () => {
    const state = pressAll(editor('|b'), [pasted(LINES), 'left', typed('\u0600')]);
    expect(marked(state)).toBe('\u0600[Pasted #1 +42 lines]|b');
    expect(marked(pressAll(state, ['left']))).toBe('|\u0600[Pasted #1 +42 lines]b');
  });

  it('goes as a whole when a range touches it', () => {
    const state = pressAll(editor('a|b'), [pasted(LINES)]);
    expect(marked(replaceRange(state, { start: 5, end: 7 }, 'x'))).toBe('ax|b');
  });

  it('is numbered, and typing the same words is no paste', () => {
    const state = pressAll(emptyEditor(), [
      pasted(LINES),
      typed(' and '),
      pasted('x'.repeat(1001)),
    ]);
    expect(state.text).toBe('[Pasted #1 +42 lines] and [Pasted #2 +1,001 chars]');
    const words = '[Pasted #1 +42 lines]';
    expect(expandedText(insertText(emptyEditor(), words))).toBe(words);
  });
});

const CHORDS = [
  'left', 'right', 'up', 'down', 'home', 'end', 'ctrl+home', 'ctrl+end', 'alt+b', 'alt+f',
  'backspace', 'delete', 'ctrl+d', 'ctrl+w', 'alt+backspace', 'alt+d', 'ctrl+k', 'ctrl+u',
  'ctrl+y', 'alt+y', 'ctrl+_', 'alt+_', 'ctrl+j', 'enter', 'alt+enter', 'tab', 'ctrl+f1', 'unknown',
]; // prettier-ignore
const PIECES = [
  'a', ' ', 'word ', '\n', '\\', FAMILY, FLAG, '🇳', '\u200d', '\u0301', '你好', 'ไทย', '\ufe0f', '한',
  '\u1100', '\u1161', '\u0600', '\ud83d', '\u202e', '\t', '👍🏽', 'नि', '\u0915\u094d',
]; // prettier-ignore

const anyText = fc
  .array(fc.constantFrom(...PIECES), { maxLength: 8 })
  .map((parts) => parts.join(''));
const anyKey: fc.Arbitrary<Key> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...CHORDS).map(press) },
  { weight: 2, arbitrary: anyText.map(typed) },
  { weight: 1, arbitrary: anyText.map(pasted) },
  { weight: 1, arbitrary: fc.constantFrom(pasted('x\n'.repeat(12)), pasted('你'.repeat(1001))) },
);

function borders(text: string): Set<number> {
  const segments = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text);
  return new Set([...Array.from(segments, ({ index }) => index), text.length]);
}

describe('whatever is pressed', () => {
  it('the cursor is between graphemes and outside of folded pastes', () => {
    fc.assert(
      fc.property(
        fc.array(anyKey, { maxLength: 40 }),
        fc.integer({ min: 1, max: 30 }),
        (keys, columns) => {
          let state = emptyEditor();
          for (const key of keys) {
            state = editKey(state, key, columns) ?? state;
            expect(borders(state.text)).toContain(state.cursor);
            for (const { start, end, text } of state.folds) {
              expect(state.text.slice(start, end)).toMatch(
                /^\[Pasted #\d+ \+[\d,]+ (lines|chars)\]$/,
              );
              expect(text.length).toBeGreaterThan(0);
              expect(state.cursor <= start || state.cursor >= end).toBe(true);
            }
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('undo leads back to the beginning, and redo to the end', () => {
    fc.assert(
      fc.property(fc.array(anyKey, { maxLength: 40 }), anyText, (keys, text) => {
        const first = { ...emptyEditor(), text, cursor: 0 };
        const last = pressAll(
          first,
          keys.filter(({ name }) => name !== '_'),
        );
        const count = last.undo.length;
        const times = (chord: string) => Array.from({ length: count }, () => chord);
        const back = pressAll(last, times('ctrl+_'));
        expect(back.text).toBe(text);
        expect(back.folds).toEqual([]);
        const again = pressAll(back, times('alt+_'));
        expect(again.text).toBe(last.text);
        expect(expandedText(again)).toBe(expandedText(last));
      }),
      { numRuns: 200 },
    );
  });
});

describe('a megabyte', () => {
  const KEYS = [
    typed('x'),
    'backspace',
    'left',
    'right',
    'up',
    'down',
    'home',
    'end',
    'alt+b',
    'ctrl+w',
    'ctrl+_',
  ];
  const timed = (state: EditorState): number => {
    const started = performance.now();
    for (let round = 0; round < 3; round += 1) pressAll(state, KEYS, 80);
    return (performance.now() - started) / (KEYS.length * 3);
  };

  it.each([
    ['lines', 'The quick brown fox jumps over the lazy dog.\n'],
    ['one line', 'word '],
    ['one line without spaces', '你好世界'],
    ['one line of emoji', FAMILY],
  ])('of %s is edited quickly', (_, piece) => {
    const text = piece.repeat(Math.ceil(1_000_000 / piece.length));
    for (const cursor of [0, piece.length * 3000, text.length]) {
      expect(timed({ ...emptyEditor(), text, cursor })).toBeLessThan(100);
    }
  });
});
