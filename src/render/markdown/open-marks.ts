/** What is open at a place of an inline text. */
export interface OpenMarks {
  /** Index of the last space, newline or ideograph before which nothing was open; -1 when there is none. */
  lastSafe: number;
  /** Closes what is open at the end, innermost first. */
  closers: string;
}

const DEEPEST = 3;
const MARKS = '`*_~';
/** A row can break before it. */
const BREAKABLE = /[\s\u3041-\u3096\u30a1-\u30fa\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]/;

/** Reads inline marks the quick way: code spans, brackets, emphasis by its flanks (CommonMark 6.2). */
export function readOpenMarks(text: string): OpenMarks {
  const open: string[] = [];
  let lastSafe = -1;
  let at = 0;
  while (at < text.length) {
    const char = text[at] ?? '';
    const run = MARKS.includes(char) ? runLength(text, at) : 1;
    if (char === '\\') at += 2;
    else if (char === '`') {
      const end = closingTicks(text, at + run, run);
      if (end === -1) {
        open.push('`'.repeat(run));
        break;
      }
      at = end;
    } else if (char === '[') {
      open.push('[');
      at += 1;
    } else if (char === ']' && open.includes('[')) {
      open.splice(open.lastIndexOf('['));
      at = afterTarget(text, at + 1);
      if (at === -1) {
        open.push('(');
        break;
      }
    } else if (char === '*' || char === '_' || char === '~') {
      toggle(open, text, at, run);
      at += run;
    } else {
      if (open.length === 0 && BREAKABLE.test(char)) lastSafe = at;
      at += 1;
    }
  }
  const marks = open.filter((mark) => mark !== '[' && mark !== '(');
  // Nobody nests deeper on purpose.
  const closers = marks.length > DEEPEST ? '' : marks.toReversed().join('');
  return { lastSafe, closers };
}

function runLength(text: string, at: number): number {
  let end = at + 1;
  while (text[end] === text[at] && end < text.length) end += 1;
  return end - at;
}

/** The index after the run of exactly `run` backticks that closes a code span. */
function closingTicks(text: string, from: number, run: number): number {
  let at = text.indexOf('`', from);
  while (at !== -1) {
    const length = runLength(text, at);
    if (length === run) return at + length;
    at = text.indexOf('`', at + length);
  }
  return -1;
}

/** The index after a link's `(target)`; -1 when it is not closed yet. */
function afterTarget(text: string, at: number): number {
  if (text[at] !== '(') return at;
  const end = text.indexOf(')', at);
  if (end !== -1) return end + 1;
  return /\s\S*\s/.test(text.slice(at, at + 400)) ? at : -1;
}

function toggle(open: string[], text: string, at: number, run: number): void {
  const mark = text.slice(at, at + Math.min(run, 3));
  const before = text[at - 1] ?? ' ';
  const after = text[at + run] ?? ' ';
  const index = open.lastIndexOf(mark);
  if (index !== -1 && !/\s/.test(before)) open.splice(index);
  else if (!/\s/.test(after) && !(mark.startsWith('_') && /\w/.test(before))) open.push(mark);
}
