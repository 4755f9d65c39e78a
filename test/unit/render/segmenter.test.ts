import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { columnsOf, graphemes } from '../../../src/render/columns.js';
import { createEmojiTest, isSimple, segmentGraphemes } from '../../../src/render/segmenter.js';

const real = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const units = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code));
const simple = units.filter((unit) => isSimple(unit));
/** Texts in which simple characters meet those that are not. */
const mixed = fc
  .array(
    fc.oneof(
      fc.constantFrom(...simple),
      fc.constantFrom(
        '\u0301',
        '\u200d',
        '\ufe0f',
        '👍',
        '🏽',
        '🇩',
        '🇪',
        '漢',
        'ﾞ',
        '\r',
        '\n',
        '❤',
      ),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

describe('graphemes', () => {
  it('of simple texts are their characters, one column each', () => {
    expect(simple.length).toBeGreaterThan(900);
    expect(simple.filter((unit) => stringWidth(unit) !== 1)).toEqual([]);
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...simple, '\n', '\u001b')), (parts) => {
        const text = parts.join('');
        expect([...segmentGraphemes(text)].map(({ segment }) => segment)).toEqual(
          Array.from(real.segment(text), ({ segment }) => segment),
        );
      }),
    );
  });

  it('of all texts are those of Intl.Segmenter', () => {
    fc.assert(
      fc.property(mixed, (text) => {
        expect(graphemes(text)).toEqual(Array.from(real.segment(text), ({ segment }) => segment));
        expect(columnsOf(text)).toBe(stringWidth(text));
        for (let index = 0; index < text.length; index += 1) {
          const { segment, index: at } = real.segment(text).containing(index) ?? {};
          const found = segmentGraphemes(text).containing(index);
          expect([found?.segment, found?.index]).toEqual([segment, at]);
        }
      }),
    );
  });

  it('are emoji when Unicode recommends them as such', () => {
    const expected = new RegExp(String.raw`^\p{RGI_Emoji}$`, 'v');
    const emoji = createEmojiTest();
    const samples = ['👍', '👍🏽', '🇩🇪', '🇩', '❤️', '❤', '⌚', '1️⃣', '1', '👩‍🚀', '漢', 'a', '⚠️', '⚠'];
    for (const sample of [...units, ...samples]) {
      expect([sample, emoji.test(sample)]).toEqual([sample, expected.test(sample)]);
    }
    for (let code = 0x1f000; code < 0x1fb00; code += 1) {
      const sample = String.fromCodePoint(code);
      expect([sample, emoji.test(sample)]).toEqual([sample, expected.test(sample)]);
    }
  });
});
