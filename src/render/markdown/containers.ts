import { indentOf, isBlank, itemStart, QUOTE, RULE, type ItemStart } from './block-starts.js';
import { endCode } from './code.js';
import { addBlock } from './margin.js';
import { endParagraph } from './paragraph.js';
import type { BlockState, Item, Leaf } from './state.js';
import { endTable } from './table.js';
import type { Drawing } from './types.js';

/** Marks of deeper containers are text. */
const DEEPEST = 12;
const BULLETS = ['•', '◦', '▪'] as const;

/** How far a line belongs to the open containers, and what of it is left behind their marks. */
export interface Matched {
  rest: string;
  matched: number;
}

export function matchContainers({ containers }: BlockState, line: string): Matched {
  let rest = line;
  let matched = 0;
  for (const container of containers) {
    const blank = isBlank(rest);
    if (container.kind === 'quote') {
      const mark = QUOTE.exec(rest)?.[0];
      if (mark === undefined) break;
      rest = rest.slice(mark.length);
    } else if (blank ? !container.filled : indentOf(rest) < container.indent) break;
    else rest = rest.slice(container.indent);
    matched += 1;
  }
  return { rest, matched };
}

/** Opens the quotes and items that begin in a line. */
export function openContainers(
  state: BlockState,
  { rest: line, matched }: Matched,
  drawing: Drawing,
): { rest: string; opened: boolean } {
  const whole = matched === state.containers.length;
  let rest = line;
  let opened = false;
  while (indentOf(rest) < 4 && !RULE.test(rest)) {
    const depth = opened ? state.containers.length : matched;
    if (depth >= DEEPEST) break;
    const quote = QUOTE.exec(rest)?.[0];
    const item = quote === undefined ? itemStart(rest) : undefined;
    const breaksIn = !opened && whole && state.leaf?.kind === 'paragraph';
    if (quote === undefined && (item === undefined || (breaksIn && !canBreakIn(item)))) break;
    const before = opened ? undefined : state.containers[matched];
    closeTo(state, depth, drawing);
    for (const parent of state.containers) parent.filled = true;
    if (item === undefined) state.containers.push({ kind: 'quote', drawn: false, filled: false });
    else
      state.containers.push(createItem(state, item, before?.kind === 'item' ? before : undefined));
    rest = item === undefined ? rest.slice(quote?.length) : item.rest;
    opened = true;
  }
  return { rest, opened };
}

/** An empty item, or a number that begins no list, is a paragraph's text (CommonMark 5.2). */
const canBreakIn = ({ rest, number }: ItemStart): boolean =>
  !isBlank(rest) && (number === undefined || number === 1);

function createItem(state: BlockState, start: ItemStart, before: Item | undefined): Item {
  const { mark, indent, task } = start;
  const goesOn = before?.list.mark === mark && before.list.number !== undefined;
  const number = goesOn ? (before.list.number ?? 0) + 1 : start.number;
  const depth = state.containers.filter(({ kind }) => kind === 'item').length;
  const bullet = BULLETS[Math.min(depth, BULLETS.length - 1)] ?? '•';
  const box = task === undefined ? '' : task === 'done' ? '[x] ' : '[ ] ';
  const label = number === undefined ? (box === '' ? `${bullet} ` : '') : `${number}${mark} `;
  return {
    kind: 'item',
    list: { mark, number },
    indent,
    marker: label + box,
    drawn: false,
    filled: false,
  };
}

/** Closes the leaf and all containers but the outermost `depth`. */
export function closeTo(state: BlockState, depth: number, drawing: Drawing): void {
  closeLeaf(state, drawing);
  while (state.containers.length > depth) {
    const last = state.containers.at(-1);
    // An item without content is its marker.
    if (last?.kind === 'item' && !last.drawn) addBlock(state, [[]], drawing);
    state.containers.pop();
  }
}

export function closeLeaf(state: BlockState, drawing: Drawing): void {
  const { leaf } = state;
  state.leaf = undefined;
  if (leaf?.kind === 'paragraph') endParagraph(state, leaf, drawing);
  else if (leaf?.kind === 'code') endCode(state, leaf, drawing);
  else if (leaf?.kind === 'table') endTable(state, leaf, drawing);
}

export function openLeaf(state: BlockState, leaf: Leaf, drawing: Drawing): void {
  closeLeaf(state, drawing);
  for (const container of state.containers) container.filled = true;
  state.leaf = leaf;
}
