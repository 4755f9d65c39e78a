import { segmentGraphemes } from '../../segmenter.js';

/**
 * Borders between user-perceived characters (UAX 29), found near an index: a text of a megabyte is
 * never segmented as a whole.
 */

/** Farthest an index is looked back from for a place that is certainly a border. */
const MAX_LOOK_BACK = 2048;
const WINDOW = 64;

/** The grapheme border at the index or the first one after it. */
export function borderAtOrAfter(text: string, index: number): number {
  if (isCertain(text, index)) return Math.max(0, Math.min(index, text.length));
  const start = certainBefore(text, index);
  return endOfGrapheme(text, start, index);
}

/** The end of the grapheme that begins at a border. */
export function nextBorder(text: string, border: number): number {
  if (isCertain(text, border + 1)) return Math.min(border + 1, text.length);
  return endOfGrapheme(text, border, border + 1);
}

/** The last border before the index. */
export function previousBorder(text: string, index: number): number {
  if (index <= 1) return 0;
  if (isCertain(text, index - 1)) return index - 1;
  const start = certainBefore(text, index - 1);
  let last = 0;
  for (const { index: offset } of segmentGraphemes(text.slice(start, index))) last = offset;
  return start + last;
}

/** The grapheme border at the index or the last one before it. */
export function borderAtOrBefore(text: string, index: number): number {
  const border = borderAtOrAfter(text, index);
  return border === index ? border : previousBorder(text, border);
}

/** The first border at or after `least`, segmenting from the border `start`. */
function endOfGrapheme(text: string, start: number, least: number): number {
  for (let size = least - start + WINDOW; ; size *= 2) {
    const slice = text.slice(start, start + size);
    const isAll = start + size >= text.length;
    for (const { index, segment } of segmentGraphemes(slice)) {
      const end = index + segment.length;
      // The last one of a slice may go on behind it.
      if (start + end >= least && (isAll || end < slice.length)) return start + end;
    }
  }
}

function isCertain(text: string, index: number): boolean {
  if (index <= 0 || index >= text.length) return true;
  const next = text.charCodeAt(index);
  const isEmoji = next === 0xd83d || next === 0xd83e;
  if (!isEmoji && !standsAlone(next)) return false;
  const previous = text.charCodeAt(index - 1);
  return standsAlone(previous) || (isEmoji && endsEmoji(text, index, previous));
}

/** Behind one emoji another begins, unless a joiner is between them. */
function endsEmoji(text: string, end: number, last: number): boolean {
  if (last === 0xfe0f) return true;
  const high = end < 2 ? 0 : text.charCodeAt(end - 2);
  return last >= 0xdc00 && last <= 0xdfff && high >= 0xd83c && high <= 0xd83e;
}

/** The nearest certain border before the index. */
function certainBefore(text: string, index: number): number {
  const last = Math.max(0, index - MAX_LOOK_BACK);
  let at = index - 1;
  while (at > last && !isCertain(text, at)) at -= 1;
  return Math.max(0, at);
}

/** Two such characters never make one: Latin, Greek, Cyrillic, kana, ideographs, Hangul syllables. */
function standsAlone(code: number): boolean {
  if (code < 0x300) return code !== 0x0d;
  return (
    (code >= 0x3400 && code <= 0x9fff) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0x3041 && code <= 0x3096) ||
    (code >= 0x30a1 && code <= 0x30fa) ||
    (code >= 0x370 && code <= 0x482)
  );
}
