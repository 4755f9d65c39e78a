import { endsFence, indentOf, isBlank, type FenceStart } from './block-starts.js';
import { beginHighlighting, highlightLine } from './highlight.js';
import { addRows, beginBlock, contentColumns } from './margin.js';
import { cutSpans, plainSpan } from './spans.js';
import type { BlockState, CodeLeaf } from './state.js';
import type { Drawing, Span } from './types.js';

const INDENT = '  ';
/** Narrower code is not indented. */
const LEAST = 12;
/** A longer line is shown plain, and in pieces as it comes. */
const LONGEST_LINE = 2000;
const DIM = ['dim'] as const;

export function createFence({ mark, indent, language }: FenceStart): CodeLeaf {
  const name = /^[\w#+.-]+/.exec(language.replace(/^\{?\.?/, ''))?.[0]?.toLowerCase() ?? '';
  return { ...createCode({ mark, indent }), language, highlighting: beginHighlighting(name) };
}

export function createCode(until: CodeLeaf['until']): CodeLeaf {
  return {
    kind: 'code',
    until,
    line: '',
    cut: false,
    blanks: 0,
    begun: false,
    language: '',
    highlighting: undefined,
  };
}

/** What becomes of a line while code is open: of it, its end and not of it, or its end and the next block's first. */
export type CodeLine = 'within' | 'end' | 'other';

export function codeLine(leaf: CodeLeaf, line: string): CodeLine {
  const { until } = leaf;
  if (until === 'indent') return isBlank(line) || indentOf(line) >= 4 ? 'within' : 'other';
  if (until instanceof RegExp)
    return until.source === '^\\s*$' && isBlank(line) ? 'other' : 'within';
  return endsFence(line, until.mark) ? 'end' : 'within';
}

/** A line, or a piece of one, without the indent that is not the code's. */
export function addCode(
  state: BlockState,
  leaf: CodeLeaf,
  { text, ends }: { text: string; ends: boolean },
  drawing: Drawing,
): void {
  leaf.line += text;
  if (!ends && leaf.line.length <= LONGEST_LINE) return;
  if (ends) leaf.line = leaf.line.trimEnd();
  if (ends && leaf.line === '') leaf.blanks += leaf.cut ? 0 : 1;
  else {
    beginCode(state, leaf, drawing);
    const blanks = Array.from({ length: leaf.blanks }, () => []);
    leaf.blanks = 0;
    addRows(state, [...blanks, ...lineRows(state, leaf, ends, drawing)], drawing);
  }
  if (ends) {
    leaf.line = '';
    leaf.cut = false;
  }
}

/** The rows that are finished; what is left of a piece stays in the leaf. */
function lineRows(state: BlockState, leaf: CodeLeaf, ends: boolean, drawing: Drawing): Span[][] {
  const indent = leaf.until instanceof RegExp ? '' : indentFor(state, drawing);
  const columns = contentColumns(state, drawing) - indent.length;
  const rows = cutSpans(lineSpans(leaf, ends), columns);
  if (!ends) leaf.line = (rows.pop() ?? []).map(({ text }) => text).join('');
  return rows.map((row) => [plainSpan(indent), ...row]);
}

const indentFor = (state: BlockState, drawing: Drawing): string =>
  contentColumns(state, drawing) > LEAST ? INDENT : '';

function lineSpans(leaf: CodeLeaf, ends: boolean): Span[] {
  if (leaf.until instanceof RegExp) return [{ text: leaf.line, roles: DIM }];
  leaf.cut ||= !ends;
  if (leaf.cut || leaf.line.length > LONGEST_LINE) leaf.highlighting = undefined;
  if (leaf.highlighting === undefined) return [plainSpan(leaf.line)];
  const [spans, next] = highlightLine(leaf.highlighting, leaf.line);
  leaf.highlighting = next;
  return spans;
}

/** The language above the first line. */
function beginCode(state: BlockState, leaf: CodeLeaf, drawing: Drawing): void {
  if (leaf.begun) return;
  leaf.begun = true;
  beginBlock(state, drawing);
  if (leaf.language === '') return;
  const indent = indentFor(state, drawing);
  const columns = contentColumns(state, drawing) - indent.length;
  const label = cutSpans([{ text: leaf.language, roles: DIM }], columns);
  addRows(
    state,
    label.map((row) => [plainSpan(indent), ...row]),
    drawing,
  );
}

export function endCode(state: BlockState, leaf: CodeLeaf, drawing: Drawing): void {
  if (leaf.line !== '') addCode(state, leaf, { text: '', ends: true }, drawing);
  else if (leaf.language !== '') beginCode(state, leaf, drawing);
  if (leaf.blanks > 0 && leaf.until === 'indent') state.blank = true;
}
