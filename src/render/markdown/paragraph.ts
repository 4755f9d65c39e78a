import type { Role } from '../theme.js';
import { inlineSpans } from './inline.js';
import { addBlock, addRows, beginBlock, contentColumns } from './margin.js';
import { readOpenMarks } from './open-marks.js';
import { plainSpan, wrapBlock } from './spans.js';
import type { BlockState, ParagraphLeaf } from './state.js';
import type { Drawing } from './types.js';

/** Rows of a paragraph that wait for its end. */
const HELD_ROWS = 8;
/** Characters that wait for an open mark to be closed. */
const LONGEST_MARK = 4000;

const HEADINGS: Readonly<Record<number, readonly Role[]>> = {
  1: ['heading', 'underline'],
  2: ['heading', 'accent'],
};

export const createParagraph = (text: string): ParagraphLeaf => ({
  kind: 'paragraph',
  text,
  carry: undefined,
});

export function addHeading(
  state: BlockState,
  { level, text }: { level: number; text: string },
  drawing: Drawing,
): void {
  const spans = inlineSpans(completed(text, drawing), drawing, HEADINGS[level] ?? ['heading']);
  // Without styles the marks of the source tell what it is.
  const marks = drawing.theme.colors ? [] : [plainSpan(`${'#'.repeat(level)} `)];
  addBlock(state, wrapBlock([...marks, ...spans], contentColumns(state, drawing)), drawing);
}

export function endParagraph(state: BlockState, leaf: ParagraphLeaf, drawing: Drawing): void {
  if (drawing.live && leaf.carry === undefined && /^\|[^\n]*$/.test(leaf.text)) {
    const note = [{ text: '⋯ table', roles: ['dim'] as const }];
    addBlock(state, wrapBlock(note, contentColumns(state, drawing)), drawing);
    return;
  }
  const spans = inlineSpans(completed(leaf.text.trimEnd(), drawing), drawing);
  const rows = wrapBlock([...(leaf.carry ?? []), ...spans], contentColumns(state, drawing));
  if (leaf.carry === undefined) addBlock(state, rows, drawing);
  else addRows(state, rows, drawing);
  state.joins = true;
}

/** Makes rows of the beginning of a long paragraph, up to a place where no mark is open. */
export function shortenParagraph(state: BlockState, leaf: ParagraphLeaf, drawing: Drawing): void {
  const columns = contentColumns(state, drawing);
  while (isLong(leaf.text, Math.max(columns, 40))) {
    const cut = cutOf(leaf.text);
    if (cut === undefined) return;
    const spans = inlineSpans(leaf.text.slice(0, cut), drawing);
    const space = /^\s/.exec(leaf.text.slice(cut))?.[0] ?? '';
    const separator = space === '\n' ? [{ text: '\n', roles: [] }] : [plainSpan(space)];
    const rows = wrapBlock([...(leaf.carry ?? []), ...spans], columns);
    if (leaf.carry === undefined) beginBlock(state, drawing);
    const last = space === '\n' ? [] : (rows.pop() ?? []);
    addRows(state, rows, drawing);
    leaf.carry = last.length === 0 ? [] : [...last, ...separator];
    leaf.text = leaf.text.slice(cut + space.length);
  }
}

/** The row that could head a table waits for the next one. */
const isLong = (text: string, columns: number): boolean =>
  text.length / columns + text.split('\n').length > HELD_ROWS &&
  (text.length > LONGEST_MARK || !/^\|[^\n]*$/.test(text));

function cutOf(text: string): number | undefined {
  // Whole lines first: the last one could head a table.
  const line = text.lastIndexOf('\n') + 1;
  const { lastSafe } = readOpenMarks(line > 0 ? text.slice(0, line) : text);
  if (lastSafe > 0) return lastSafe;
  if (text.length < LONGEST_MARK) return undefined;
  const space = text.slice(0, LONGEST_MARK).search(/\s\S*$/);
  if (space > 0) return space;
  // No space anywhere: between two characters that no emoji or combining mark joins.
  const plain = text
    .slice(0, LONGEST_MARK)
    .search(/[\p{L}\p{N}\p{P}][\p{L}\p{N}\p{P}][^\p{L}\p{N}\p{P}]*$/u);
  return plain > 0 ? plain + 1 : LONGEST_MARK;
}

/** A text whose end is not here yet, as it will look when its marks are closed. */
function completed(text: string, { live }: Drawing): string {
  if (!live) return text;
  const begun = text
    .replace(/!?\[([^[\]\n]*)\]\([^()\n]*$/, '$1')
    .replace(/!?\[([^[\]\n]+)$/, '$1')
    .replace(/(?<![*_~`])[*_~`]+$/, '');
  return begun + readOpenMarks(begun).closers;
}
