import type { Highlighting } from './highlight.js';
import type { TablePlan } from './table-plan.js';
import type { Span } from './types.js';

/** Where a list's items count on, and what ends the list (CommonMark 5.3). */
export interface ListKind {
  /** The bullet, or `.` or `)` after a number. */
  mark: string;
  /** Of this item; undefined for bullets. */
  number: number | undefined;
}

interface ContainerBase {
  /** A row of it, with its marker, is out. */
  drawn: boolean;
  /** Something has begun in it. */
  filled: boolean;
}

export interface Quote extends ContainerBase {
  kind: 'quote';
}

export interface Item extends ContainerBase {
  kind: 'item';
  list: ListKind;
  /** Columns that the source indents what belongs to it. */
  indent: number;
  /** Stands before its first row. */
  marker: string;
}

export type Container = Quote | Item;

export interface ParagraphLeaf {
  kind: 'paragraph';
  /** Inline Markdown that no row was made of yet. */
  text: string;
  /** The last row of what was made; undefined as long as nothing was. */
  carry: Span[] | undefined;
}

export interface CodeLeaf {
  kind: 'code';
  /** What ends it: a fence, an indent of less than four, or the end of an HTML block. */
  until: { mark: string; indent: number } | 'indent' | RegExp;
  /** A line whose end is not here. */
  line: string;
  /** That line was too long: rows of it are out already. */
  cut: boolean;
  /** Blank lines that count only when another line follows. */
  blanks: number;
  begun: boolean;
  /** Named behind the fence. */
  language: string;
  highlighting: Highlighting | undefined;
}

export interface TableLeaf {
  kind: 'table';
  align: readonly Align[];
  header: readonly string[];
  /** Cells of rows that are not drawn yet. */
  rows: (readonly string[])[];
  /** Fixed when the first rows were drawn. */
  plan: TablePlan | undefined;
}

export type Align = 'left' | 'center' | 'right';
export type Leaf = ParagraphLeaf | CodeLeaf | TableLeaf;

/** The open blocks of a document, and the rows of those that are closed. Plain data. */
export interface BlockState {
  containers: Container[];
  leaf: Leaf | undefined;
  /** A blank line came since the last row. */
  blank: boolean;
  /** A list may follow the last block without a blank row. */
  joins: boolean;
  /** There was a row. */
  begun: boolean;
  rows: string[];
}

export const createState = (): BlockState => ({
  containers: [],
  leaf: undefined,
  blank: false,
  joins: false,
  begun: false,
  rows: [],
});

/** A state that goes its own way, without the rows. */
export function copyState(state: BlockState): BlockState {
  const { containers, leaf } = state;
  return {
    ...state,
    containers: containers.map((container) => ({ ...container })),
    leaf: leaf?.kind === 'table' ? { ...leaf, rows: [...leaf.rows] } : leaf && { ...leaf },
    rows: [],
  };
}
