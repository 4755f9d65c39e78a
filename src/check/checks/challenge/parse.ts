/** One challenge of a `WWW-Authenticate` header (RFC 9110 §11.6.1). */
export interface Challenge {
  /** As written: `Bearer`. Compare without case. */
  scheme: string;
  /** What some schemes carry instead of parameters: `Negotiate YII=`. */
  token68?: string;
  /** Names in lower case, values without quotes; of a name that stands twice, the first. */
  params: ReadonlyMap<string, string>;
}

export interface ParsedChallenges {
  challenges: readonly Challenge[];
  /** What is wrong with the syntax, one line each, without anything of the value. */
  problems: readonly string[];
}

const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const TOKEN68 = /[A-Za-z0-9._~+/-]+=*(?=[ \t]*(?:,|$))/y;
const BLANKS = /[ \t]*/y;
const SEPARATORS = /[ \t,]*/y;
/** RFC 9110 §5.6.4: no control character but the tab, and a backslash makes the next character itself. */
const QUOTED = /"((?:[\t !#-[\]-~\u0080-\u00ff]|\\[\t !-~\u0080-\u00ff])*)"/y;

interface Draft {
  scheme: string;
  token68?: string;
  params: Map<string, string>;
}

/** Reads all challenges of all lines of the header. Never throws; what cannot be read is a problem. */
export function parseChallenges(lines: readonly string[]): ParsedChallenges {
  const challenges: Challenge[] = [];
  const problems: string[] = [];
  for (const line of lines) {
    const read = parseLine(line);
    challenges.push(...read.challenges);
    problems.push(...read.problems);
  }
  return { challenges, problems };
}

/** The first challenge of a scheme. */
export function findChallenge(
  { challenges }: ParsedChallenges,
  scheme: string,
): Challenge | undefined {
  const wanted = scheme.toLowerCase();
  return challenges.find((challenge) => challenge.scheme.toLowerCase() === wanted);
}

function parseLine(line: string): { challenges: Draft[]; problems: string[] } {
  const cursor = createCursor(line);
  const challenges: Draft[] = [];
  const problems: string[] = [];
  for (cursor.take(SEPARATORS); !cursor.atEnd(); cursor.take(SEPARATORS)) {
    const current = challenges.at(-1);
    const problem = parseElement(cursor, challenges, current);
    if (problem === undefined) continue;
    // Beyond a broken element nothing is certain: its quotes may be open.
    problems.push(`${problem} at character ${cursor.at() + 1}`);
    break;
  }
  if (challenges.length === 0 && problems.length === 0) problems.push('it names no scheme');
  return { challenges, problems };
}

/** One element between commas: a parameter of the challenge before it, or the start of the next one. */
function parseElement(
  cursor: Cursor,
  challenges: Draft[],
  current: Draft | undefined,
): string | undefined {
  const name = cursor.take(TOKEN);
  if (name === undefined) return 'neither a scheme nor a parameter begins';
  const blanks = cursor.take(BLANKS) ?? '';
  if (cursor.eat('=')) {
    if (current === undefined) return 'a parameter stands before any scheme';
    return parseValue(cursor, current, name);
  }
  const draft: Draft = { scheme: name, params: new Map() };
  challenges.push(draft);
  if (blanks === '' || cursor.atEnd() || cursor.peek() === ',') return expectSeparator(cursor);
  return parseFirst(cursor, draft);
}

/** What follows a scheme directly: a token68 or the first parameter. */
function parseFirst(cursor: Cursor, draft: Draft): string | undefined {
  const token68 = cursor.take(TOKEN68);
  if (token68 !== undefined) {
    draft.token68 = token68;
    return undefined;
  }
  const name = cursor.take(TOKEN);
  cursor.take(BLANKS);
  if (name === undefined || !cursor.eat('=')) return 'a parameter without "="';
  return parseValue(cursor, draft, name);
}

function parseValue(cursor: Cursor, { params }: Draft, written: string): string | undefined {
  cursor.take(BLANKS);
  const quoted = cursor.take(QUOTED);
  const value =
    quoted === undefined ? cursor.take(TOKEN) : quoted.slice(1, -1).replaceAll(/\\(.)/g, '$1');
  if (value === undefined) return 'a value is neither a token nor a whole quoted string';
  const name = written.toLowerCase();
  if (params.has(name)) return 'a parameter stands twice';
  params.set(name, value);
  return expectSeparator(cursor);
}

function expectSeparator(cursor: Cursor): string | undefined {
  cursor.take(BLANKS);
  return cursor.atEnd() || cursor.peek() === ',' ? undefined : 'a comma is missing';
}

interface Cursor {
  at: () => number;
  atEnd: () => boolean;
  peek: () => string | undefined;
  /** Steps over one character if it is the next. */
  eat: (character: string) => boolean;
  /** Steps over what a sticky pattern matches here; undefined when it does not. */
  take: (pattern: RegExp) => string | undefined;
}

function createCursor(text: string): Cursor {
  let position = 0;
  return {
    at: () => position,
    atEnd: () => position >= text.length,
    peek: () => text[position],
    eat(character) {
      if (text[position] !== character) return false;
      position += 1;
      return true;
    },
    take(pattern) {
      pattern.lastIndex = position;
      const match = pattern.exec(text);
      if (match === null) return undefined;
      position = pattern.lastIndex;
      return match[0];
    },
  };
}
