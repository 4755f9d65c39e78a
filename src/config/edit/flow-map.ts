import { isNode, type Pair } from 'yaml';
import {
  commaAfter,
  indentAt,
  isLastOnLine,
  lineEnd,
  lineStart,
  nextLine,
  skipSpace,
} from './lines.js';
import { isEmptyNode, pairEnd, pairStart, type PlacedMap } from './nodes.js';
import { renderInline, renderJson } from './render.js';
import { CannotEdit, type Layout, type Splice, type WrittenEntry } from './types.js';

/** Adds a pair to a mapping in braces, as JSON, behind the last one. */
export function insertInFlow(
  map: PlacedMap,
  key: string,
  { value, layout }: { value: unknown; layout: Layout },
): readonly Splice[] {
  const { text, eol } = layout;
  const last = map.items.at(-1);
  if (last === undefined) return insertInEmpty(map, key, { value, layout });
  const end = pairEnd(last);
  const start = pairStart(last);
  const ownLine = text.slice(lineStart(text, start), start).trim() === '';
  if (!ownLine) {
    return [{ from: end, to: end, text: `, ${JSON.stringify(key)}: ${renderInline(value)}` }];
  }
  const indent = indentAt(text, start);
  const item = `${indent}${JSON.stringify(key)}: ${renderJson(value, indent, layout)}`;
  const comma = commaAfter(text, end);
  const behind = comma === undefined ? end : comma + 1;
  // A comment at the end of the line stays with what it is about.
  const at = isLastOnLine(text, behind) ? lineEnd(text, behind) : behind;
  const added = eol + item + (comma === undefined ? '' : ',');
  if (comma !== undefined) return [{ from: at, to: at, text: added }];
  return at === end
    ? [{ from: end, to: end, text: `,${added}` }]
    : [
        { from: end, to: end, text: ',' },
        { from: at, to: at, text: added },
      ];
}

function insertInEmpty(
  map: PlacedMap,
  key: string,
  { value, layout }: { value: unknown; layout: Layout },
): readonly Splice[] {
  const { text, eol, step } = layout;
  const open = map.srcToken.offset + 1;
  const close = skipSpace(text, open);
  const outer = indentAt(text, map.srcToken.offset);
  const indent = outer + step;
  const item = `${indent}${JSON.stringify(key)}: ${renderJson(value, indent, layout)}`;
  if (text.slice(open, close).trim() === '') {
    return [{ from: open, to: close, text: `${eol}${item}${eol}${outer}` }];
  }
  const before = lineStart(text, close);
  if (before > open && text.slice(before, close).trim() === '') {
    return [{ from: before, to: before, text: item + eol }];
  }
  return [{ from: close, to: close, text: ` ${JSON.stringify(key)}: ${renderInline(value)} ` }];
}

/** Puts another value in the place of a pair's. */
export function replaceInFlow(pair: Pair, value: WrittenEntry, layout: Layout): readonly Splice[] {
  const { text } = layout;
  const start = pairStart(pair);
  const from = isNode(pair.value) ? pair.value.range?.[0] : undefined;
  if (from === undefined || isEmptyNode(pair.value)) throw new CannotEdit('the entry has no value');
  const ownLine = text.slice(lineStart(text, start), start).trim() === '';
  const piece = ownLine ? renderJson(value, indentAt(text, start), layout) : renderInline(value);
  return [{ from, to: pairEnd(pair), text: piece }];
}

/** Takes a pair and one comma away, with its line when nothing else stands there. */
export function removeFromFlow(map: PlacedMap, pair: Pair, { text }: Layout): readonly Splice[] {
  const start = pairStart(pair);
  const end = pairEnd(pair);
  const comma = commaAfter(text, end);
  const before = map.items[map.items.indexOf(pair) - 1];
  if (comma !== undefined && text.slice(end, comma).trim() === '') {
    return [whole(text, start, comma + 1)];
  }
  if (comma !== undefined) {
    return [whole(text, start, end), { from: comma, to: comma + 1, text: '' }];
  }
  const earlier = before === undefined ? undefined : commaAfter(text, pairEnd(before));
  if (earlier === undefined) return [whole(text, start, end)];
  if (text.slice(earlier + 1, start).trim() === '' && !text.slice(earlier, start).includes('\n')) {
    return [{ from: earlier, to: end, text: '' }];
  }
  return [{ from: earlier, to: earlier + 1, text: '' }, whole(text, start, end)];
}

/** The piece with the lines it fills, or with the space behind it. */
function whole(text: string, from: number, to: number): Splice {
  const first = lineStart(text, from);
  const last = nextLine(text, to);
  if (text.slice(first, from).trim() === '' && text.slice(to, last).trim() === '') {
    return { from: first, to: last, text: '' };
  }
  const space = /[ \t]*/y;
  space.lastIndex = to;
  return { from, to: to + (space.exec(text)?.[0].length ?? 0), text: '' };
}
