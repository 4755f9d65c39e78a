import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createTerminalStream,
  toModelText,
  toTerminal,
  toTerminalLine,
} from '../../../src/core/terminal-text.js';

/** Everything a terminal may act on, written independently of the code under test. */
function isHazard(char: string): boolean {
  const code = char.codePointAt(0) ?? 0;
  if (code === 0x09 || code === 0x0a) return false;
  if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) return true;
  if (code === 0x2028 || code === 0x2029) return true;
  if (code >= 0x202a && code <= 0x202e) return true;
  if (code >= 0x2066 && code <= 0x2069) return true;
  if ([0x61c, 0x200b, 0x200c, 0x200e, 0x200f, 0xfeff, 0xad].includes(code)) return true;
  if (code >= 0xe0000 && code <= 0xe01ef) return true;
  return code >= 0xd800 && code <= 0xdfff;
}

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc
    .array(
      fc.constantFrom(
        '\x1b',
        '[2J',
        ']52;c;aGk=',
        '\x07',
        '\r',
        '\n',
        '\u202e',
        '\u{e0041}',
        '\u009b',
        '\u200d',
        '👩',
        '\ufe0f',
        'a',
        '\ud83d',
        '\\',
      ),
      { maxLength: 20 },
    )
    .map((parts) => parts.join('')),
);

describe('toTerminal', () => {
  it('leaves no character that a terminal acts on, and is a fixpoint', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const safe = toTerminal(text);
        expect([...safe].filter(isHazard)).toEqual([]);
        expect(toTerminal(safe)).toBe(safe);
      }),
      { numRuns: 2000 },
    );
  });

  it('shows what it defused', () => {
    expect(toTerminal('\x1b]52;c;aGk=\x07')).toBe('\\x1b]52;c;aGk=\\x07');
    expect(toTerminal('a\u202eb')).toBe('a\\u{202e}b');
    expect(toTerminal('a\rb')).toBe('a\\x0db');
    expect(toTerminal('\u{e0041}')).toBe('\\u{e0041}');
  });

  it('keeps text that people write', () => {
    for (const text of ['Grüße, 世界\n\tok', '👩‍👩‍👧 ❤️ 1️⃣', 'a\r\nb']) {
      expect(toTerminal(text)).toBe(text.replace('\r\n', '\n'));
    }
  });

  it('cannot be made to build a sequence out of the rest', () => {
    expect(toTerminal('\x1b\x1b[31m[2J')).not.toContain('\x1b');
  });

  it('writes line breaks out on one line', () => {
    expect(toTerminalLine('a\nb\tc')).toBe('a\\nb\\tc');
  });
});

describe('createTerminalStream', () => {
  it('gives the same whatever the pieces', () => {
    fc.assert(
      fc.property(anyText, fc.array(fc.nat(40), { maxLength: 6 }), (text, cuts) => {
        const stream = createTerminalStream();
        const at = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].toSorted(
          (a, b) => a - b,
        );
        let from = 0;
        let out = '';
        for (const cut of [...at, text.length]) {
          out += stream.push(text.slice(from, cut));
          from = cut;
        }
        expect(out + stream.flush()).toBe(toTerminal(text));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('toModelText', () => {
  it('takes out invisible tag characters and lone surrogates', () => {
    expect(toModelText('a\u{e0041}\u{e007f}b\ud800')).toBe('ab\ufffd');
  });
});
