import { borderAtOrBefore } from './graphemes.js';

/** A line longer than this is laid out in pieces, each beginning a new row, so that no key costs more than a piece. */
const PIECE = 2048;
/** A piece rather ends behind a space this near. */
const NEAR = 200;

export interface Piece {
  start: number;
  end: number;
}

/** The line an index is in, or the piece of it; a newline belongs to the line before it. */
export function pieceAt(text: string, index: number): Piece {
  const line = { start: lineStart(text, index), end: lineEnd(text, index) };
  if (line.end - line.start <= PIECE) return line;
  const number = Math.floor((Math.min(index, line.end - 1) - line.start) / PIECE);
  const next = cut(text, line, number + 1);
  return index >= next && next < line.end
    ? { start: next, end: cut(text, line, number + 2) }
    : { start: cut(text, line, number), end: next };
}

export function lineStart(text: string, index: number): number {
  return index <= 0 ? 0 : text.lastIndexOf('\n', index - 1) + 1;
}

export function lineEnd(text: string, index: number): number {
  const end = text.indexOf('\n', index);
  return end === -1 ? text.length : end;
}

/** Where a line's piece of that number begins. */
function cut(text: string, line: Piece, number: number): number {
  const ideal = line.start + number * PIECE;
  if (number === 0 || ideal >= line.end) return Math.min(ideal, line.end);
  const space = text.slice(ideal - NEAR, ideal).lastIndexOf(' ');
  return borderAtOrBefore(text, space === -1 ? ideal : ideal - NEAR + space + 1);
}
