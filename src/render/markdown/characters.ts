import { columnsOf, graphemes } from '../columns.js';

const ASCII = /^[\x20-\x7e]*$/;
/** Letters, kana, ideographs, hangul and full-width forms that never join with their neighbours. */
const SINGLE =
  /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2015\u2018-\u201f\u3001-\u3029\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60]*$/;
const MOST_KNOWN = 10_000;

const known = new Map<string, number>();

/** Columns a safe, unstyled text takes; remembers single characters, measuring is slow. */
export function widthOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  if (text.length > 8) return columnsOf(text);
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
  return SINGLE.test(text) ? text.split('') : graphemes(text);
}
