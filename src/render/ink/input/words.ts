import { borderAtOrAfter, borderAtOrBefore } from './graphemes.js';

/**
 * Words: letters, digits, marks and `_`. Scripts without spaces are divided by a dictionary
 * (Intl.Segmenter), which is loaded when it is needed.
 */
const WORD = /[\p{L}\p{N}\p{M}_]/u;
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
/** A run of letters longer than this is divided into words only so far. */
const MAX_RUN = 1024;
/** UTF-16 units; a word, or a gap between words, that is longer is walked in parts. */
const MAX_STEP = 16_384;

let segmenter: Intl.Segmenter | undefined;

/** Where the next word ends. */
export function wordEnd(text: string, from: number): number {
  const start = skipForward(text, from, false);
  const end = skipForward(text, start, true);
  const run = text.slice(start, Math.min(end, start + MAX_RUN));
  const [first] = UNSPACED.test(run) ? divide(run) : [];
  return borderAtOrAfter(text, first === undefined ? end : start + first.segment.length);
}

/** Where the word begins that the index is in or behind. */
export function wordStart(text: string, from: number): number {
  const end = skipBack(text, from, false);
  const start = skipBack(text, end, true);
  const runStart = Math.max(start, borderAtOrBefore(text, Math.max(0, end - MAX_RUN)));
  const run = text.slice(runStart, end);
  const last = UNSPACED.test(run) ? [...divide(run)].at(-1) : undefined;
  return borderAtOrBefore(text, last === undefined ? start : runStart + last.index);
}

/** Where the run of anything but white space begins that the index is in or behind. */
export function blankStart(text: string, from: number): number {
  const last = Math.max(0, from - MAX_STEP);
  let at = from;
  while (at > last && isBlank(text.charCodeAt(at - 1))) at -= 1;
  while (at > last && !isBlank(text.charCodeAt(at - 1))) at -= 1;
  return borderAtOrBefore(text, at);
}

function divide(run: string): Iterable<Intl.SegmentData> {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'word' });
  return segmenter.segment(run);
}

function skipForward(text: string, from: number, words: boolean): number {
  const last = Math.min(text.length, from + MAX_STEP);
  let at = from;
  while (at < last) {
    const code = text.codePointAt(at) ?? 0;
    if (isWord(code) !== words) break;
    at += code > 0xffff ? 2 : 1;
  }
  return at;
}

function skipBack(text: string, from: number, words: boolean): number {
  const last = Math.max(0, from - MAX_STEP);
  let at = from;
  while (at > last) {
    const isPair = (text.charCodeAt(at - 1) & 0xfc00) === 0xdc00 && at > 1;
    const code = isPair ? (text.codePointAt(at - 2) ?? 0) : text.charCodeAt(at - 1);
    if (isWord(code) !== words) break;
    at -= code > 0xffff ? 2 : 1;
  }
  return at;
}

function isWord(code: number): boolean {
  if (code >= 0x80) return WORD.test(String.fromCodePoint(code));
  const isLetter = (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;
  return isLetter || (code >= 0x30 && code <= 0x39) || code === 0x5f;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x09 || code === 0x3000;
}
