import type { Layout, Splice } from './types.js';

/** Offset of the first character of the line that holds `at`. */
export function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

/** Offset of the line's end, before its line break. */
export function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  if (end < 0) return text.length;
  return end > at && text[end - 1] === '\r' ? end - 1 : end;
}

/** Offset of the next line's start, or of the text's end. */
export function nextLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end + 1;
}

/** White space at the start of the line that holds `at`. */
export function indentAt(text: string, at: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, at), at))?.[0] ?? '';
}

/** The text with every piece replaced; pieces do not overlap. */
export function applySplices(text: string, splices: readonly Splice[]): string {
  let result = text;
  for (const { from, to, text: piece } of splices.toSorted((a, b) => b.from - a.from)) {
    result = result.slice(0, from) + piece + result.slice(to);
  }
  return result;
}

export function layoutOf(text: string): Layout {
  const indented = /\n([ \t]+)[^\s#/]/.exec(text)?.[1] ?? '  ';
  const step = indented.startsWith('\t') ? '\t' : ' '.repeat(Math.min(indented.length, 8));
  return { text, eol: text.includes('\r\n') ? '\r\n' : '\n', step };
}

/** Offset of what comes next in a text that is no value: past white space and comments of YAML and JSON. */
export function skipSpace(text: string, from: number): number {
  const space = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/|#[^\n]*)*/y;
  space.lastIndex = from;
  return from + (space.exec(text)?.[0].length ?? 0);
}

/** Offset of a comma that follows, or undefined. */
export function commaAfter(text: string, from: number): number | undefined {
  const at = skipSpace(text, from);
  return text[at] === ',' ? at : undefined;
}

/** True when nothing but white space and comments stands between `at` and the line's end. */
export function isLastOnLine(text: string, at: number): boolean {
  return skipSpace(text, at) >= lineEnd(text, at);
}
