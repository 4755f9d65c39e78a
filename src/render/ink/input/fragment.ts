/** A paste that is shown as a label. */
export interface Fold {
  number: number;
  /** UTF-16 indices of the label. */
  start: number;
  end: number;
  /** What it stands for. */
  text: string;
}

/** A piece of the edited text, with the pastes folded in it. Folds are in order and do not overlap. */
export interface Fragment {
  readonly text: string;
  readonly folds: readonly Fold[];
}

/** A paste longer than this is folded. */
const MAX_LINES = 10;
const MAX_CHARACTERS = 1000;

const NOTHING: readonly Fold[] = [];

export function plainFragment(text: string): Fragment {
  return { text, folds: NOTHING };
}

/** The paste as it is, or its label with all of it behind. */
export function pastedFragment(text: string, existing: readonly Fold[]): Fragment {
  const lines = countLines(text);
  if (lines <= MAX_LINES && text.length <= MAX_CHARACTERS) return plainFragment(text);
  const size =
    lines > 1 ? `${lines.toLocaleString('en')} lines` : `${text.length.toLocaleString('en')} chars`;
  const number = Math.max(0, ...existing.map((fold) => fold.number)) + 1;
  const label = `[Pasted #${String(number)} +${size}]`;
  return { text: label, folds: [{ number, start: 0, end: label.length, text }] };
}

function countLines(text: string): number {
  let lines = 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines += 1;
  return text.endsWith('\n') ? lines - 1 : lines;
}

/** The part between two indices that divide no fold. */
export function sliceFragment({ text, folds }: Fragment, start: number, end: number): Fragment {
  const inside = folds.filter((fold) => fold.start >= start && fold.end <= end);
  return { text: text.slice(start, end), folds: moved(inside, -start) };
}

export function joinFragments(first: Fragment, second: Fragment): Fragment {
  return {
    text: first.text + second.text,
    folds: [...first.folds, ...moved(second.folds, first.text.length)],
  };
}

/** The whole with another piece between two indices that divide no fold. */
export function spliceFragment(
  whole: Fragment,
  range: { start: number; end: number },
  piece: Fragment,
): Fragment {
  const { start, end } = range;
  const text = whole.text.slice(0, start) + piece.text + whole.text.slice(end);
  if (whole.folds.length === 0 && piece.folds.length === 0) return plainFragment(text);
  const before = whole.folds.filter((fold) => fold.end <= start);
  const after = whole.folds.filter((fold) => fold.start >= end && !before.includes(fold));
  const shift = piece.text.length - (end - start);
  return { text, folds: [...before, ...moved(piece.folds, start), ...moved(after, shift)] };
}

function moved(folds: readonly Fold[], by: number): readonly Fold[] {
  if (folds.length === 0 || by === 0) return folds;
  return folds.map((fold) => ({ ...fold, start: fold.start + by, end: fold.end + by }));
}

/** The fold an index is within, not at an edge of. */
export function foldAround(folds: readonly Fold[], index: number): Fold | undefined {
  return folds.find(({ start, end }) => start < index && index < end);
}

/** The text with every label replaced by what it stands for. */
export function expand({ text, folds }: Fragment): string {
  if (folds.length === 0) return text;
  const pieces: string[] = [];
  let at = 0;
  for (const fold of folds) {
    pieces.push(text.slice(at, fold.start), fold.text);
    at = fold.end;
  }
  return pieces.join('') + text.slice(at);
}
