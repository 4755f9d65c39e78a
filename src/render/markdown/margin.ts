import { columnsOf } from '../columns.js';
import { paintSpans } from './spans.js';
import type { BlockState, Container } from './state.js';
import type { Drawing, Span } from './types.js';

/** Columns that must stay for what stands in a container, however deep it is. */
const LEAST = 10;

/** What a container puts before a row. */
function edge(container: Container, first: boolean): Span {
  if (container.kind === 'quote') return { text: '│ ', roles: ['quote'] };
  return first && !container.drawn
    ? { text: container.marker, roles: ['accent'] }
    : { text: ' '.repeat(columnsOf(container.marker)), roles: [] };
}

/** The innermost edges that leave room for the content. */
function edges(containers: readonly Container[], columns: number, first: boolean): Span[] {
  const all = containers.map((container) => edge(container, first));
  let width = all.reduce((sum, { text }) => sum + columnsOf(text), 0);
  while (all.length > 0 && width > Math.max(0, columns - LEAST))
    width -= columnsOf(all.shift()?.text ?? '');
  return all;
}

/** Columns there are for the content of the innermost container. */
export function contentColumns(state: BlockState, { columns }: Drawing): number {
  const taken = edges(state.containers, columns, true);
  return Math.max(1, columns - taken.reduce((sum, { text }) => sum + columnsOf(text), 0));
}

/**
 * Puts the one blank row between two blocks where one belongs; call it before a block's first row.
 * Within a list, and between a list and the paragraph above it, the source decides.
 */
export function beginBlock(state: BlockState, drawing: Drawing): void {
  const { containers } = state;
  const inList = containers.some(({ kind }) => kind === 'item');
  if (state.begun && (state.blank || !inList || !state.joins)) {
    const both = containers.slice(0, containers.findLastIndex(({ drawn }) => drawn) + 1);
    state.rows.push(paintRow(edges(both, drawing.columns, false), [], drawing));
  }
  state.blank = false;
  state.joins = inList;
  state.begun = true;
}

/** Rows of the innermost container. */
export function addRows(state: BlockState, rows: readonly Span[][], drawing: Drawing): void {
  for (const row of rows) {
    state.rows.push(paintRow(edges(state.containers, drawing.columns, true), row, drawing));
    for (const container of state.containers) container.drawn = true;
  }
}

/** A block whose rows are all there. */
export function addBlock(state: BlockState, rows: readonly Span[][], drawing: Drawing): void {
  if (rows.length === 0) return;
  beginBlock(state, drawing);
  addRows(state, rows, drawing);
}

/** No spaces at the end of a row. */
function paintRow(margin: readonly Span[], row: readonly Span[], drawing: Drawing): string {
  const spans = [...margin, ...row];
  while (spans.length > 0) {
    const last = spans.at(-1) as Span;
    const text = last.text.trimEnd();
    if (text !== '') {
      if (text !== last.text) spans[spans.length - 1] = { ...last, text };
      break;
    }
    spans.pop();
  }
  return paintSpans(spans, drawing);
}
