import type { CST, Pair } from 'yaml';
import { lineEnd, lineStart, nextLine } from './lines.js';
import { colonEnd, pairEnd, pairStart, type PlacedMap } from './nodes.js';
import { renderBlock } from './render.js';
import { CannotEdit, type Layout, type Splice, type WrittenEntry } from './types.js';

/** Column of a block mapping's keys. */
export function columnOf(map: PlacedMap): number {
  return (map.srcToken as CST.BlockMap).indent;
}

/** Adds a pair behind the last one, and behind the comments that stand there as part of the mapping. */
export function insertInBlock(
  map: PlacedMap,
  pair: WrittenEntry,
  layout: Layout,
): readonly Splice[] {
  const { text, eol } = layout;
  const last = map.items.at(-1);
  if (last === undefined) throw new CannotEdit('a mapping without keys');
  const column = columnOf(map);
  const lines = renderBlock(pair, column, layout);
  return [insertLines(text, afterComments(text, pairEnd(last), column), lines, eol)];
}

/** Whole lines at the start of a line, or at the end of a text without a last line break. */
function insertLines(text: string, at: number, lines: string, eol: string): Splice {
  const starts = at === 0 || text[at - 1] === '\n';
  return { from: at, to: at, text: starts ? lines + eol : eol + lines };
}

/** Start of the line behind `end`, comment lines of the same mapping passed over. */
function afterComments(text: string, end: number, column: number): number {
  let at = text[end - 1] === '\n' ? end : nextLine(text, end);
  let next = at;
  while (next < text.length) {
    const line = text.slice(next, lineEnd(text, next));
    const content = line.trimStart();
    const isComment = content.startsWith('#') && line.length - content.length >= column;
    if (content !== '' && !isComment) break;
    next = nextLine(text, next);
    if (isComment) at = next;
  }
  return at;
}

/** Takes a pair's lines away. */
export function removeFromBlock(pair: Pair, { text }: Layout): readonly Splice[] {
  const start = pairStart(pair);
  const end = pairEnd(pair);
  const from = lineStart(text, start);
  if (text.slice(from, start).trim() !== '') {
    throw new CannotEdit('the entry shares its first line with something else');
  }
  return [{ from, to: text[end - 1] === '\n' ? end : nextLine(text, end), text: '' }];
}

/** Puts a mapping in the place of a pair's value; what stands behind the colon as a comment stays. */
export function replaceInBlock(
  pair: Pair,
  value: WrittenEntry,
  { column, layout }: { column: number; layout: Layout },
): readonly Splice[] {
  const { text, eol, step } = layout;
  const colon = colonEnd(pair);
  if (colon === undefined) throw new CannotEdit('the entry has no colon');
  const end = pairEnd(pair);
  const indent = column + (step === '\t' ? 2 : step.length);
  const lines = renderBlock(value, indent, layout);
  const comment = /[ \t]+#[^\n\r]*/y;
  comment.lastIndex = colon;
  const from = colon + (comment.exec(text)?.[0].length ?? 0);
  return [{ from, to: end, text: eol + lines + (text[end - 1] === '\n' ? eol : '') }];
}

/** Gives a pair whose value is empty, `null` or `{}` a mapping. */
export function fillInBlock(
  pair: Pair,
  value: WrittenEntry,
  { column, layout }: { column: number; layout: Layout },
): readonly Splice[] {
  const { text, eol, step } = layout;
  const colon = colonEnd(pair);
  if (colon === undefined) throw new CannotEdit('the entry has no colon');
  const indent = column + (step === '\t' ? 2 : step.length);
  const end = pairEnd(pair);
  const at = lineEnd(text, end);
  const lines = eol + renderBlock(value, indent, layout);
  const cut = end > colon ? [{ from: colon, to: end, text: '' }] : [];
  return [...cut, { from: at, to: at, text: lines }];
}
