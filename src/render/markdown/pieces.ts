/** A line, or a part of a long one. */
export interface Piece {
  text: string;
  /** It stands at the beginning of its line. */
  begins: boolean;
  /** Its line ends with it. */
  ends: boolean;
}

/** Cuts a text that comes bit by bit into the same pieces, however it comes. */
export interface PieceReader {
  /** The pieces that are complete with this text. */
  push: (text: string) => Piece[];
  /** What is there of the next piece. */
  rest: () => Piece;
}

/** A longer line comes in pieces, so that no line has to be waited for. */
const LONGEST_PIECE = 400;
/** The row of a table is needed whole. */
const LONGEST_ROW = 16_000;
const TABLE_ROW = /^[\s>]*\|/;

export function createPieceReader(): PieceReader {
  let held = '';
  let begins = true;
  return {
    push(text) {
      const pieces: Piece[] = [];
      const all = held + text;
      let from = 0;
      for (;;) {
        const limit =
          begins && TABLE_ROW.test(all.slice(from, from + 40)) ? LONGEST_ROW : LONGEST_PIECE;
        const end = all.indexOf('\n', from);
        const ends = end !== -1 && end - from <= limit;
        if (!ends && all.length - from <= limit) break;
        const to = ends ? end : from + limit;
        pieces.push({ text: all.slice(from, to), begins, ends });
        from = ends ? to + 1 : to;
        begins = ends;
      }
      held = all.slice(from);
      return pieces;
    },
    rest: () => ({ text: held, begins, ends: true }),
  };
}
