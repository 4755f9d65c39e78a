import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import { isSimple, segmentGraphemes } from './segmenter.js';

// oxlint-disable-next-line no-control-regex
const STYLES = /\u001b\[[\d;]*m/g;

/** Columns a safe, possibly styled text takes. */
export function columnsOf(text: string): number {
  const plain = text.includes('\u001b') ? text.replace(STYLES, '') : text;
  return isSimple(plain) ? plain.length : stringWidth(plain);
}

/** The text in rows of at most `columns` columns: broken at spaces, long words cut. Tabs become spaces. */
export function wrapRows(text: string, columns: number): string[] {
  const plain = text.includes('\t') ? text.replaceAll('\t', '    ') : text;
  const width = Math.max(1, columns);
  if (!plain.includes('\n') && columnsOf(plain) <= width) return [plain];
  return wrapAnsi(plain, width, { hard: true, trim: false }).split('\n');
}

/** The user-perceived characters of a text (UAX 29). */
export function graphemes(text: string): string[] {
  return isSimple(text) ? [...text] : Array.from(segmentGraphemes(text), ({ segment }) => segment);
}

/** The beginning of an unstyled text that fits, with `…` in the place of the rest. Newlines become spaces. */
export function truncateRow(text: string, columns: number): string {
  const line = text.replaceAll(/[\n\t]/g, ' ');
  if (line.length <= columns && isSimple(line)) return line;
  // Wider than any terminal; what is beyond it is not worth measuring.
  const head = line.slice(0, Math.max(64, columns * 8));
  if (head.length === line.length && columnsOf(head) <= columns) return head;
  if (columns <= 0) return '';
  let used = 1;
  let kept = '';
  for (const grapheme of graphemes(head)) {
    used += columnsOf(grapheme);
    if (used > columns) break;
    kept += grapheme;
  }
  return `${kept}…`;
}
