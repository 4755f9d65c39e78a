import type { Align } from './state.js';

/** How a line can begin a block (CommonMark 4 and 5, GFM tables). Each takes the line behind its containers' marks. */

export const indentOf = (line: string): number => line.length - line.trimStart().length;
export const isBlank = (line: string): boolean => line.trim() === '';

export const QUOTE = /^ {0,3}> ?/;
export const RULE = /^ {0,3}(?:(?:\* *){3,}|(?:- *){3,}|(?:_ *){3,})$/;
const HEADING = /^ {0,3}(#{1,6})(?:[ ]+|$)(.*)$/;
const SETEXT = /^ {0,3}(=+|-+) *$/;
const FENCE = /^( {0,3})(`{3,}|~{3,})(.*)$/;
const ITEM = /^( {0,3})([-+*]|(\d{1,9})([.)]))( +|$)/;
const TASK = /^\[([ xX])\] +(?=\S)/;

export interface HeadingStart {
  level: number;
  text: string;
}

export function headingStart(line: string): HeadingStart | undefined {
  const match = HEADING.exec(line);
  if (match === null) return undefined;
  const text = (match[2] ?? '').trimEnd().replace(/(?:^|\s)#+$/, '');
  return { level: match[1]?.length ?? 1, text: text.trim() };
}

/** The level of the heading that the paragraph above turns out to be. */
export function setextLevel(line: string): 1 | 2 | undefined {
  const mark = SETEXT.exec(line)?.[1];
  return mark === undefined ? undefined : mark.startsWith('=') ? 1 : 2;
}

export interface FenceStart {
  indent: number;
  mark: string;
  language: string;
}

export function fenceStart(line: string): FenceStart | undefined {
  const match = FENCE.exec(line);
  if (match === null) return undefined;
  const [, indent = '', mark = '', info = ''] = match;
  if (mark.startsWith('`') && info.includes('`')) return undefined;
  return { indent: indent.length, mark, language: info.trim() };
}

/** A line of the fence's own mark, at least as long, ends the code. */
export function endsFence(line: string, mark: string): boolean {
  const text = line.trim();
  return (
    indentOf(line) < 4 && text.length >= mark.length && text === (mark[0] ?? '').repeat(text.length)
  );
}

export interface ItemStart {
  mark: string;
  number: number | undefined;
  /** Columns to what belongs to the item. */
  indent: number;
  /** The first line of its content. */
  rest: string;
  task: 'open' | 'done' | undefined;
}

export function itemStart(line: string): ItemStart | undefined {
  const match = ITEM.exec(line);
  if (match === null) return undefined;
  const [all, before = '', bullet = '', digits, delimiter, spaces = ''] = match;
  const content = line.slice(all.length);
  // An indented code, or nothing, begins one column behind the marker.
  const gap = content === '' || spaces.length > 4 ? 1 : spaces.length;
  const indent = before.length + bullet.length + gap;
  const task = TASK.exec(content);
  return {
    mark: delimiter ?? bullet,
    number: digits === undefined ? undefined : Number(digits),
    indent,
    rest: task === null ? line.slice(indent) : content.slice(task[0].length),
    task: task === null ? undefined : task[1] === ' ' ? 'open' : 'done',
  };
}

/** HTML that ends with a mark of its own, and HTML that ends with a blank line (CommonMark 4.6). */
const HTML_UNTIL: readonly (readonly [start: RegExp, end: RegExp])[] = [
  [/^ {0,3}<(?:script|pre|style|textarea)(?:\s|>|$)/i, /<\/(?:script|pre|style|textarea)>/i],
  [/^ {0,3}<!--/, /-->/],
  [/^ {0,3}<\?/, /\?>/],
  [/^ {0,3}<!\[CDATA\[/, /\]\]>/],
  [/^ {0,3}<![a-zA-Z]/, />/],
];
const HTML_BLOCK =
  /^ {0,3}<\/?(?:address|article|aside|blockquote|body|caption|center|col|colgroup|dd|details|dialog|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|nav|ol|optgroup|option|p|param|section|summary|table|tbody|td|tfoot|th|thead|title|tr|ul)(?:\s|\/?>|$)/i;
const HTML_TAG = /^ {0,3}<\/?[a-zA-Z][\w-]*(?:\s[^<>]*)?\/?>\s*$/;
export const BLANK_LINE = /^\s*$/;

/** What ends the HTML block that begins here. A lone tag cannot break into a paragraph. */
export function htmlEnd(line: string, inParagraph: boolean): RegExp | undefined {
  if (!/^ {0,3}</.test(line)) return undefined;
  const own = HTML_UNTIL.find(([start]) => start.test(line));
  if (own !== undefined) return own[1];
  return HTML_BLOCK.test(line) || (!inParagraph && HTML_TAG.test(line)) ? BLANK_LINE : undefined;
}

/** The cells of a table's row; `\|` is a character of a cell. */
export function tableCells(line: string): string[] {
  const cells = line
    .trim()
    .replace(/^\|/, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));
  if (cells.length > 1 && cells.at(-1) === '') cells.pop();
  return cells;
}

/** The alignments of a delimiter row (`|:--|--:|`). */
export function tableAlign(line: string): Align[] | undefined {
  if (!/^ {0,3}[|:-][-|: ]*$/.test(line) || !line.includes('|')) return undefined;
  const cells = tableCells(line);
  if (!cells.every((cell) => /^:?-+:?$/.test(cell))) return undefined;
  return cells.map((cell) =>
    cell.endsWith(':') ? (cell.startsWith(':') ? 'center' : 'right') : 'left',
  );
}
