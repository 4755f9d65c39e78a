import { columnsOf, graphemes } from '../columns.js';

const ASCII = /^[\x20-\x7e]*$/;
/**
 * Letters, punctuation, arrows, lines, kana, ideographs, hangul and full-width forms: each a
 * character of its own, as long as nothing that joins (marks, emoji's modifiers) is in the text.
 */
const SINGLE =
  /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2015\u2018-\u2027\u2030-\u205e\u20a0-\u20bf\u2190-\u23ff\u2500-\u257f\u2713\u2717\u3001-\u3029\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60]*$/;
const MOST_KNOWN = 10_000;

/** Columns of single characters; measuring is slow. */
const known = new Map<string, number>();

/** Columns a safe, unstyled text takes. */
export function widthOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  if (!SINGLE.test(text)) return text.length > 16 ? columnsOf(text) : knownWidth(text);
  let width = 0;
  for (const char of text) width += knownWidth(char);
  return width;
}

function knownWidth(text: string): number {
  let width = known.get(text);
  if (width === undefined) {
    width = columnsOf(text);
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(text, width);
  }
  return width;
}

/** The user-perceived characters of a text (UAX 29). */
export function charactersOf(text: string): string[] {
  return SINGLE.test(text) ? [...text] : graphemes(text);
}
