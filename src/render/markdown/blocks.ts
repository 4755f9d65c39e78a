import {
  fenceStart,
  headingStart,
  htmlEnd,
  indentOf,
  isBlank,
  RULE,
  setextLevel,
  tableAlign,
  tableCells,
} from './block-starts.js';
import { addCode, codeLine, createCode, createFence } from './code.js';
import { closeLeaf, closeTo, matchContainers, openContainers, openLeaf } from './containers.js';
import { addBlock, contentColumns } from './margin.js';
import { addHeading, createParagraph, shortenParagraph } from './paragraph.js';
import type { Piece } from './pieces.js';
import type { BlockState, CodeLeaf, ParagraphLeaf } from './state.js';
import { addTableRow } from './table.js';
import type { Drawing } from './types.js';

/** Columns of a thematic break. */
const LONGEST_RULE = 40;
const TAB_STOP = 4;

/**
 * Takes the next line, or piece of a line, and makes rows of what it finishes. The block structure is
 * read line by line after CommonMark's own strategy, so nothing is ever read twice.
 * https://spec.commonmark.org/0.31.2/#phase-1-block-structure
 */
export function addPiece(state: BlockState, { text, begins, ends }: Piece, drawing: Drawing): void {
  const line = expandTabs(text);
  if (begins) addLine(state, line, ends, drawing);
  else addRest(state, line, ends, drawing);
}

/** Closes all that is open. */
export function endBlocks(state: BlockState, drawing: Drawing): void {
  closeTo(state, 0, drawing);
}

function addLine(state: BlockState, line: string, ends: boolean, drawing: Drawing): void {
  const { rest, matched } = matchContainers(state, line);
  const whole = matched === state.containers.length;
  if (whole && addToCode(state, rest, ends, drawing)) return;
  if (isBlank(rest)) {
    closeTo(state, matched, drawing);
    state.blank = true;
    return;
  }
  if (whole && ends && turnParagraph(state, rest, drawing)) return;
  const { rest: content, opened } = openContainers(state, { rest, matched }, drawing);
  const { leaf } = state;
  const closeOthers = () => {
    if (!opened) closeTo(state, matched, drawing);
  };
  if (startBlock(state, content, { ends, closeOthers }, drawing)) return;
  if (leaf?.kind === 'paragraph') {
    // A line without its containers' marks still belongs to the paragraph (CommonMark 5.1, laziness).
    leaf.text += `\n${content.trim()}`;
    shortenParagraph(state, leaf, drawing);
  } else if (leaf?.kind === 'table' && whole) {
    addTableRow(state, leaf, tableCells(content), drawing);
  } else {
    closeOthers();
    openParagraph(state, content, drawing);
  }
}

/** More of a line whose beginning has decided what it is. */
function addRest(state: BlockState, text: string, ends: boolean, drawing: Drawing): void {
  const { leaf } = state;
  if (leaf?.kind === 'code') addCode(state, leaf, { text, ends }, drawing);
  else if (leaf?.kind === 'paragraph') {
    leaf.text += text;
    shortenParagraph(state, leaf, drawing);
  } else if (!isBlank(text)) openParagraph(state, text, drawing);
}

function openParagraph(state: BlockState, text: string, drawing: Drawing): void {
  const leaf = createParagraph(text.trimStart());
  openLeaf(state, leaf, drawing);
  shortenParagraph(state, leaf, drawing);
}

/** True when the line belongs to open code, or was its end. */
function addToCode(state: BlockState, line: string, ends: boolean, drawing: Drawing): boolean {
  const { leaf } = state;
  if (leaf?.kind !== 'code') return false;
  const found = codeLine(leaf, line);
  if (found === 'within') addCodeLine(state, leaf, { text: line, ends }, drawing);
  else closeLeaf(state, drawing);
  return found !== 'other';
}

function addCodeLine(
  state: BlockState,
  leaf: CodeLeaf,
  { text, ends }: { text: string; ends: boolean },
  drawing: Drawing,
): void {
  const { until } = leaf;
  const outer = until === 'indent' ? 4 : until instanceof RegExp ? 0 : until.indent;
  const code = text.slice(Math.min(outer, indentOf(text)));
  addCode(state, leaf, { text: code, ends }, drawing);
  if (until instanceof RegExp && until.test(text)) closeLeaf(state, drawing);
}

/** A paragraph's next line may tell that it is a heading, or that its last line heads a table. */
function turnParagraph(state: BlockState, line: string, drawing: Drawing): boolean {
  const { leaf } = state;
  if (leaf?.kind !== 'paragraph' || indentOf(line) > 3) return false;
  const level = leaf.carry === undefined ? setextLevel(line) : undefined;
  if (level !== undefined) {
    state.leaf = undefined;
    addHeading(state, { level, text: leaf.text.trim() }, drawing);
    return true;
  }
  const align = tableAlign(line);
  return align !== undefined && turnIntoTable(state, leaf, align, drawing);
}

function turnIntoTable(
  state: BlockState,
  leaf: ParagraphLeaf,
  align: NonNullable<ReturnType<typeof tableAlign>>,
  drawing: Drawing,
): boolean {
  const start = leaf.text.lastIndexOf('\n') + 1;
  const header = tableCells(leaf.text.slice(start));
  const cut = start === 0 && (leaf.carry ?? []).length > 0;
  if (header.length !== align.length || cut) return false;
  leaf.text = leaf.text.slice(0, Math.max(0, start - 1));
  if (leaf.text === '' && leaf.carry === undefined) state.leaf = undefined;
  openLeaf(state, { kind: 'table', align, header, rows: [], plan: undefined }, drawing);
  return true;
}

interface Start {
  ends: boolean;
  /** Closes what the line does not belong to. */
  closeOthers: () => void;
}

/** True when the line begins a heading, a break, code or HTML. */
function startBlock(
  state: BlockState,
  line: string,
  { ends, closeOthers }: Start,
  drawing: Drawing,
): boolean {
  const inParagraph = state.leaf?.kind === 'paragraph';
  if (isBlank(line)) return true;
  if (indentOf(line) >= 4) {
    if (inParagraph) return false;
    closeOthers();
    startCode(state, createCode('indent'), { text: line, ends }, drawing);
    return true;
  }
  const heading = headingStart(line);
  const fence = ends ? fenceStart(line) : undefined;
  const html = htmlEnd(line, inParagraph);
  const rule = RULE.test(line);
  if (!rule && heading === undefined && fence === undefined && html === undefined) return false;
  closeOthers();
  if (heading !== undefined) addHeading(state, heading, drawing);
  else if (fence !== undefined) openLeaf(state, createFence(fence), drawing);
  else if (html !== undefined) startCode(state, createCode(html), { text: line, ends }, drawing);
  else {
    const width = Math.min(contentColumns(state, drawing), LONGEST_RULE);
    addBlock(state, [[{ text: '─'.repeat(width), roles: ['dim'] }]], drawing);
  }
  return true;
}

function startCode(
  state: BlockState,
  leaf: CodeLeaf,
  piece: { text: string; ends: boolean },
  drawing: Drawing,
): void {
  openLeaf(state, leaf, drawing);
  addCodeLine(state, leaf, piece, drawing);
}

function expandTabs(line: string): string {
  if (!line.includes('\t')) return line;
  let text = '';
  for (const char of line)
    text += char === '\t' ? ' '.repeat(TAB_STOP - (text.length % TAB_STOP)) : char;
  return text;
}
