import { charactersOf, widthOf } from './characters.js';
import type { Drawing, Span } from './types.js';

export const NEW_ROW: Span = { text: '\n', roles: [] };

export const plainSpan = (text: string): Span => ({ text, roles: [] });

export const spansWidth = (spans: readonly Span[]): number =>
  spans.reduce((sum, { text }) => sum + widthOf(text), 0);

/** Closing punctuation stays at the end of its row. */
const NEVER_FIRST = /^[\p{Pe}\p{Pf}、。，．！？：；…ー～]/u;
const ASCII = /^[\x20-\x7e]*$/;

/** Rows of at most `columns` columns, broken at spaces and between wide characters; longer words are cut. */
export function wrapSpans(spans: readonly Span[], columns: number): Span[][] {
  const filler = createFiller(columns);
  let word: Span[] = [];
  let afterWide = false;
  const endWord = () => {
    if (word.length > 0) filler.word(word);
    word = [];
    afterWide = false;
  };
  for (const span of spans) {
    if (span.text === '\n') {
      endWord();
      filler.endRow();
      continue;
    }
    for (const part of partsOf(span.text)) {
      if (part.startsWith(' ')) {
        endWord();
        filler.gap({ ...span, text: part });
        continue;
      }
      const wide = !ASCII.test(part) && widthOf(part) === 2;
      if ((wide || afterWide) && !NEVER_FIRST.test(part)) endWord();
      word.push(part === span.text ? span : { ...span, text: part });
      afterWide = wide;
    }
  }
  endWord();
  return filler.end().map(joined);
}

/** The same for a block of its own: rows without anything to see are left out. */
export const wrapBlock = (spans: readonly Span[], columns: number): Span[][] =>
  wrapSpans(spans, columns).filter((row) => row.some(({ text }) => text.trim() !== ''));

/** Puts words into rows; the spaces where a row breaks vanish. */
function createFiller(columns: number) {
  const rows: Span[][] = [];
  let row: Span[] = [];
  let width = 0;
  let gap: Span[] = [];
  const endRow = () => {
    rows.push(row);
    row = [];
    width = 0;
    gap = [];
  };
  return {
    endRow,
    gap: (span: Span) => {
      if (width > 0) gap.push(span);
    },
    word(word: readonly Span[]) {
      const wordWidth = spansWidth(word);
      const gapWidth = spansWidth(gap);
      if (width > 0 && width + gapWidth + wordWidth > columns) endRow();
      else row.push(...gap);
      width += row.length === 0 ? 0 : gapWidth;
      gap = [];
      const cut = wordWidth > columns ? cutSpans(word, columns) : [word];
      rows.push(...cut.slice(0, -1).map((full) => [...full]));
      const last = cut.at(-1) ?? [];
      row.push(...last);
      width += cut.length > 1 ? spansWidth(last) : wordWidth;
    },
    end: () => (row.length > 0 ? [...rows, row] : rows),
  };
}

/** Runs of spaces, words, and within words every wide character on its own. */
function partsOf(text: string): string[] {
  const runs = text.match(/ +|[^ ]+/g) ?? [];
  if (ASCII.test(text)) return runs;
  return runs.flatMap((run) => (ASCII.test(run) ? [run] : splitWide(run)));
}

function splitWide(run: string): string[] {
  const parts: string[] = [];
  let narrow = '';
  for (const grapheme of charactersOf(run)) {
    if (widthOf(grapheme) < 2) {
      narrow += grapheme;
      continue;
    }
    if (narrow !== '') parts.push(narrow);
    narrow = '';
    parts.push(grapheme);
  }
  if (narrow !== '') parts.push(narrow);
  return parts;
}

/** Rows of at most `columns` columns, cut wherever a row is full; spaces stay. At least one row. */
export function cutSpans(spans: readonly Span[], columns: number): Span[][] {
  if (spansWidth(spans) <= columns) return [joined(spans)];
  const rows: Span[][] = [];
  let row: Span[] = [];
  let width = 0;
  for (const span of spans) {
    let text = '';
    for (const grapheme of charactersOf(span.text)) {
      const wide = widthOf(grapheme);
      // One column cannot hold a wide character.
      const shown = wide > columns ? '…' : grapheme;
      const taken = Math.min(wide, columns);
      if (width + taken > columns) {
        if (text !== '') row.push({ ...span, text });
        rows.push(row);
        row = [];
        text = '';
        width = 0;
      }
      text += shown;
      width += taken;
    }
    if (text !== '') row.push({ ...span, text });
  }
  if (row.length > 0) rows.push(row);
  return rows.map(joined);
}

/** Neighbours of one style as one span. */
function joined(spans: readonly Span[]): Span[] {
  const result: Span[] = [];
  let from = 0;
  for (const [index, span] of spans.entries()) {
    const next = spans[index + 1];
    if (next !== undefined && next.roles === span.roles && next.href === span.href) continue;
    const texts = spans.slice(from, index + 1).map(({ text }) => text);
    result.push(texts.length === 1 ? span : { ...span, text: texts.join('') });
    from = index + 1;
  }
  return result;
}

/** One row as the terminal gets it; OSC 8 links end with BEL, which every terminal that knows them takes. */
export function paintSpans(spans: readonly Span[], { theme, hyperlinks }: Drawing): string {
  return spans
    .map(({ text, roles, href }) => {
      const painted = roles.reduceRight((inner, role) => theme.paint(role, inner), text);
      return href === undefined || !hyperlinks
        ? painted
        : `\u001b]8;;${href}\u0007${painted}\u001b]8;;\u0007`;
    })
    .join('');
}
