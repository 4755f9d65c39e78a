import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

/** Columns a safe, possibly styled text takes. */
export function columnsOf(text: string): number {
  return isPlain(text) ? text.length : stringWidth(text);
}

/** Printable ASCII: one column a character. */
function isPlain(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}

/** The text in rows of at most `columns` columns: broken at spaces, long words cut. Tabs become spaces. */
export function wrapRows(text: string, columns: number): string[] {
  const plain = text.includes('\t') ? text.replaceAll('\t', '    ') : text;
  const width = Math.max(1, columns);
  if (!plain.includes('\n') && columnsOf(plain) <= width) return [plain];
  return wrapAnsi(plain, width, { hard: true, trim: false }).split('\n');
}

let segmenter: Intl.Segmenter | undefined;

/** The user-perceived characters of a text (UAX 29). */
export function graphemes(text: string): string[] {
  if (isPlain(text)) return [...text];
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** The beginning of an unstyled text that fits, with `…` in the place of the rest. Newlines become spaces. */
export function truncateRow(text: string, columns: number): string {
  const line = text.replaceAll(/[\n\t]/g, ' ');
  if (line.length <= columns && isPlain(line)) return line;
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
