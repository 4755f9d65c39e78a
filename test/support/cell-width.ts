import type { Terminal as Xterm } from '@xterm/headless';
import stringWidth from 'string-width';

const ZWJ = 0x200d;
/** Bits of a cell's property: 1 = joins what stands before it, 2–3 = width, from 4 on own notes. */
const JOINS = 1;
const AFTER_ZWJ = 1 << 3;

/**
 * Widths as terminals of today have them: emoji two cells, what ZWJ or a modifier joins in one cell.
 * xterm's own table is that of Unicode 6, where an emoji is as narrow as a letter.
 */
export function useModernWidths(terminal: Xterm): void {
  const known = new Map<number, 0 | 1 | 2>();
  const wcwidth = (codepoint: number): 0 | 1 | 2 => {
    if (codepoint < 0x300)
      return codepoint < 0x20 || (codepoint > 0x7e && codepoint < 0xa0) ? 0 : 1;
    let width = known.get(codepoint);
    if (width === undefined) {
      width = Math.min(2, stringWidth(String.fromCodePoint(codepoint))) as 0 | 1 | 2;
      known.set(codepoint, width);
    }
    return width;
  };
  terminal.unicode.register({
    version: 'modern',
    wcwidth,
    charProperties(codepoint, preceding) {
      const before = (preceding >> 1) & 3;
      const joined = preceding !== 0 && (wcwidth(codepoint) === 0 || (preceding & AFTER_ZWJ) !== 0);
      const width = joined ? before : wcwidth(codepoint);
      return (joined ? JOINS : 0) | (width << 1) | (codepoint === ZWJ ? AFTER_ZWJ : 0);
    },
  });
  terminal.unicode.activeVersion = 'modern';
}
