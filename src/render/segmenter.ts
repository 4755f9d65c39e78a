/**
 * Graphemes (UAX 29) without the price of the whole of Unicode. `Intl.Segmenter` takes 14 ms to
 * make and looks a text through character by character; almost every text of a screen is of
 * characters that stand alone and are one column wide, and needs neither.
 */

/**
 * Latin, Greek, Cyrillic, punctuation, and the marks and lines the screen itself draws: one code
 * unit, one grapheme, one column each, whatever stands beside them.
 */
const SIMPLE =
  /^[\x20-\x7e\u00a1-\u00a8\u00aa-\u00ac\u00af-\u02ff\u0391-\u0482\u2010-\u2027\u2030-\u203b\u2190-\u2193\u2200-\u22ff\u23bf\u2500-\u25a9\u25cb\u25cf\u26a0\u2713\u2717\u276f\u2800-\u28ff]*$/;
/** With what ends a line or begins a sequence; a grapheme too, but no column. */
const SEPARATE = new RegExp(SIMPLE.source.replace('^[', '^[\\n\\u001b'));

/** True when the text takes as many columns as it has code units. */
export function isSimple(text: string): boolean {
  return SIMPLE.test(text);
}

/** The part of `Intl.Segments` that is used. */
export interface Graphemes extends Iterable<{ segment: string; index: number }> {
  containing: (index: number) => { segment: string; index: number } | undefined;
}

let real: Intl.Segmenter | undefined;

export function segmentGraphemes(text: string): Graphemes {
  if (SEPARATE.test(text)) return characters(text);
  real ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return real.segment(text);
}

/** `new Intl.Segmenter()`, as libraries make one when they are loaded (scripts/build/ink.ts). */
export function createSegmenter(): { segment: (text: string) => Graphemes } {
  return { segment: segmentGraphemes };
}

function characters(text: string): Graphemes {
  const at = (index: number) => ({ segment: text.charAt(index), index });
  return {
    *[Symbol.iterator]() {
      for (let index = 0; index < text.length; index += 1) yield at(index);
    },
    containing: (index) => (index < text.length ? at(index) : undefined),
  };
}

/** `/^\p{RGI_Emoji}$/v` for one grapheme; the expression itself takes 55 ms to read and compile. */
export function createEmojiTest(): { test: (grapheme: string) => boolean } {
  let sequences: RegExp | undefined;
  return {
    test(grapheme) {
      if (isOneCodePoint(grapheme)) return BASIC.test(grapheme);
      if (!MAY_BEGIN.test(grapheme)) return false;
      sequences ??= new RegExp(String.raw`^\p{RGI_Emoji}$`, 'v');
      return sequences.test(grapheme);
    },
  };
}

const BASIC = /^(?!\p{Regional_Indicator})\p{Emoji_Presentation}$/u;
const MAY_BEGIN = /^\p{Emoji}/u;

function isOneCodePoint(text: string): boolean {
  return text.length === 1 || (text.length === 2 && (text.codePointAt(0) ?? 0) > 0xffff);
}
