import { describe, expect, it } from 'vitest';
import { assertOnlyOwnSequences, foreignSequences } from '../../support/sequences.js';

const foreign = (text: string) => foreignSequences(Buffer.from(text));

describe('the sequences a host may write', () => {
  it('lets pass what a screen is drawn with', () => {
    const own =
      '\x1b[?25l\x1b[?2004h\x1b[?2026h\x1b[1;38;5;12mbold\x1b[0m\r\n\x1b[2K\x1b[1A\x1b[G\x1b[J' +
      '\x1b[>1u\x1b[<u\x1b]8;;https://example.com/a\x1b\\a\x1b]8;;\x07é 日本 👩‍👩‍👧';
    expect(foreign(own)).toEqual([]);
  });

  it.each([
    ['a title', '\x1b]0;owned\x07'],
    ['the clipboard', '\x1b]52;c;AAAA\x07'],
    ['a control string without its end', '\x1b]52;c;AAAA'],
    ['another link', '\x1b]8;;file:///etc/passwd\x07'],
    ['a device string', '\x1bPq#0\x1b\\'],
    ['an application command', '\x1b_Gf=100;AAAA\x1b\\'],
    ['the alternate screen', '\x1b[?1049h'],
    ['the mouse', '\x1b[?1000h'],
    ['a report', '\x1b[6n'],
    ['a reset', '\x1bc'],
    ['a bell', '\x07'],
    ['a backspace', '\b'],
    ['a C1 control', '\u009b'],
    ['a bidi override', '\u202e'],
    ['a tag', '\u{e0041}'],
  ])('finds %s', (_, sequence) => {
    expect(foreign(`before${sequence}`)).toEqual([sequence]);
  });

  it('takes the clipboard and images where they are expected', () => {
    const copied = Buffer.from('\x1b]52;c;aGk=\x07');
    expect(foreignSequences(copied, { clipboard: true })).toEqual([]);
    expect(foreignSequences(Buffer.from('\x1b_Gf=100,a=T;AA\x1b\\'), { images: true })).toEqual([]);
  });

  it('names the sequence, and counts wipes', () => {
    expect(() => assertOnlyOwnSequences(Buffer.from('\x1b]0;x\x07'))).toThrow(/\]0;x/);
    const counts = assertOnlyOwnSequences(Buffer.from('\x1b[2J\x1b[3J\x1b[H\x1b[?2026h'));
    expect(counts).toEqual({ clear2J: 1, clear3J: 1, frames: 1 });
  });
});
