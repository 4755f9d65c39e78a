/** A line cut into words as a shell does it: blanks part, quotes and backslashes hold together. */

export interface Word {
  /** Without quotes and backslashes. */
  value: string;
  /** UTF-16 indices into the line, quotes included. */
  start: number;
  end: number;
  /** Some of it was quoted. */
  quoted: boolean;
  /** Its last quote was not closed. */
  open: boolean;
}

/** Never fails: a quote that is not closed reaches to the end of the line, and the word says so. */
export function splitWords(line: string): Word[] {
  const words: Word[] = [];
  let at = 0;
  while (at < line.length) {
    if (isBlank(line[at])) {
      at += 1;
      continue;
    }
    const word = readWord(line, at);
    words.push(word);
    at = word.end;
  }
  return words;
}

function readWord(line: string, start: number): Word {
  let value = '';
  let quote = '';
  let quoted = false;
  let at = start;
  for (; at < line.length; at += 1) {
    const char = line[at] as string;
    if (char === '\\' && quote !== "'" && at + 1 < line.length && escapes(line[at + 1], quote)) {
      at += 1;
      value += line[at];
    } else if (quote !== '') {
      if (char === quote) quote = '';
      else value += char;
    } else if (char === '"' || char === "'") {
      quote = char;
      quoted = true;
    } else if (isBlank(char)) {
      break;
    } else {
      value += char;
    }
  }
  return { value, start, end: at, quoted, open: quote !== '' };
}

/** Within double quotes a backslash is one, unless a quote or another one follows. */
function escapes(next: string | undefined, quote: string): boolean {
  return quote === '' || next === '"' || next === '\\';
}

function isBlank(char: string | undefined): boolean {
  return char !== undefined && /\s/.test(char);
}

/** The word that the cursor stands in or behind, an empty one between two words, and those before it. */
export function wordAt(line: string, cursor: number): { word: Word; before: readonly Word[] } {
  const words = splitWords(line);
  const before = words.filter(({ end }) => end < cursor);
  const word = words.find(({ start, end }) => start <= cursor && cursor <= end);
  const empty = { value: '', start: cursor, end: cursor, quoted: false, open: false };
  return { word: word ?? empty, before };
}

/** The text as one word: in double quotes when it has to be. */
export function quoteWord(text: string): string {
  if (text !== '' && !/[\s"'\\]/.test(text)) return text;
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
