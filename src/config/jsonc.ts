/** What a look over a JSON text tells, before it is parsed. */
export interface JsonScan {
  /** The text with comments, trailing commas and tabs blanked out; every other character keeps its place. */
  text: string;
  /** A key occurs twice in one object: JSON.parse would drop the first without a word. */
  duplicateKeys: boolean;
}

/** Strings, comments, tabs, punctuation, and everything else that is not white space. */
const TOKEN = /"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\/|\t|[{}[\],:]|[^\s"{}[\],:/]+|[/"]/g;

/** Makes JSON with comments and trailing commas plain JSON, and looks for duplicate keys. */
export function scanJson(text: string): JsonScan {
  const blanks: [from: number, to: number][] = [];
  const open: (Set<string> | undefined)[] = [];
  let duplicateKeys = false;
  /** Offset of a comma that nothing but comments follows so far. */
  let comma = -1;
  let string: string | undefined;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (token === '\t' || token.startsWith('//') || token.startsWith('/*')) {
      blanks.push([index, index + token.length]);
      continue;
    }
    const closes = token === '}' || token === ']';
    if (closes && comma >= 0) blanks.push([comma, comma + 1]);
    comma = token === ',' ? index : -1;
    if (token === ':' && string !== undefined) {
      const keys = open[open.length - 1];
      const key = string.includes('\\') ? unescape(string) : string.slice(1, -1);
      duplicateKeys ||= keys?.has(key) === true;
      keys?.add(key);
    }
    string = token.length > 1 && token.startsWith('"') ? token : undefined;
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(undefined);
    else if (closes) open.pop();
  }
  return { text: blankOut(text, blanks), duplicateKeys };
}

function blankOut(text: string, blanks: [from: number, to: number][]): string {
  if (blanks.length === 0) return text;
  const pieces: string[] = [];
  let done = 0;
  for (const [from, to] of blanks.toSorted((a, b) => a[0] - b[0])) {
    pieces.push(text.slice(done, from), text.slice(from, to).replace(/[^\n\r]/g, ' '));
    done = to;
  }
  return pieces.join('') + text.slice(done);
}

function unescape(token: string): string {
  try {
    return String(JSON.parse(token));
  } catch {
    return token;
  }
}
