/** Part of a regular expression: something that matches, and how often. */
interface Item {
  /** Source of the atom, without its quantifier. */
  atom: string;
  /** The alternatives of a group; undefined for a character, class or escape. */
  group: Item[][] | undefined;
  min: number;
  max: number;
}

/**
 * Whether a backtracking engine may need exponential time for the pattern: a repeated group whose
 * inside repeats too, so that one text can be cut in many ways. `(a+)+` may, `([a-z]+\.)+` may not,
 * because the dot says where each round ends. A guess: it knows no look-around and no references.
 */
export function mayBlowUp(pattern: string): boolean {
  if (pattern.length > LONG) return false;
  try {
    return hasAmbiguousRepeat(createReader(pattern).alternatives());
  } catch {
    return false;
  }
}

function hasAmbiguousRepeat(alternatives: readonly Item[][]): boolean {
  return alternatives.flat().some(({ group, max }) => {
    if (group === undefined) return false;
    if (max > MANY && (group.some(repeatsInside) || overlap(group))) return true;
    return hasAmbiguousRepeat(group);
  });
}

/** Longer patterns are not looked at. */
const LONG = 4_000;

/** Repeated this often, it takes too long. */
const MANY = 15;

/** A repeat in the sequence that nothing fixed separates from the next round. */
function repeatsInside(sequence: readonly Item[]): boolean {
  return sequence.some((item, index) => {
    if (item.group !== undefined) return item.group.some(repeatsInside) || item.max > MANY;
    if (item.max <= MANY) return false;
    const others = sequence.filter((_, at) => at !== index);
    return !others.some((other) => separates(other, item));
  });
}

/** A character that must be there and that the repeat cannot take. */
function separates(fixed: Item, repeat: Item): boolean {
  if (fixed.group !== undefined || fixed.min === 0) return false;
  const [one, other] = [fixed, repeat].map(({ atom }) => new RegExp(`^(?:${atom})$`));
  return LATIN_1.every((char) => one?.test(char) !== true || other?.test(char) !== true);
}

const LATIN_1 = Array.from({ length: 256 }, (_, code) => String.fromCodePoint(code));

/** Two alternatives that are the same single atom, or one that takes everything. */
function overlap(group: readonly Item[][]): boolean {
  const firsts = group.flatMap((sequence) =>
    sequence.length === 1 && sequence[0]?.group === undefined ? [sequence[0]?.atom ?? ''] : [],
  );
  if (firsts.length < 2) return false;
  return new Set(firsts).size < firsts.length || firsts.includes('.');
}

function createReader(pattern: string) {
  let at = 0;
  const peek = () => pattern[at] ?? '';

  function alternatives(): Item[][] {
    const all: Item[][] = [[]];
    while (at < pattern.length && peek() !== ')') {
      if (peek() === '|') {
        at += 1;
        all.push([]);
      } else all.at(-1)?.push(item());
    }
    return all;
  }

  function item(): Item {
    const start = at;
    let group: Item[][] | undefined;
    if (peek() === '(') {
      at += /^\((?:\?(?:[:=!]|<[=!]|<\w+>))?/.exec(pattern.slice(at))?.[0].length ?? 1;
      group = alternatives();
      at += 1;
    } else if (peek() === '[') at = endOfClass(pattern, at);
    else if (peek() === '\\') at += escapeLength(pattern.slice(at));
    else at += 1;
    const atom = pattern.slice(start, at);
    return { atom, group, ...quantifier() };
  }

  function quantifier(): { min: number; max: number } {
    const match = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})/.exec(pattern.slice(at));
    if (match === null) return { min: 1, max: 1 };
    at += match[0].length;
    if (peek() === '?') at += 1;
    if (match[0] === '?') return { min: 0, max: 1 };
    if (match[0] === '*') return { min: 0, max: Infinity };
    if (match[0] === '+') return { min: 1, max: Infinity };
    const min = Number(match[1]);
    const open = match[3] === '' ? Infinity : Number(match[3]);
    return { min, max: match[2] === '' ? min : open };
  }

  return { alternatives };
}

function endOfClass(pattern: string, start: number): number {
  for (let at = start + 1; at < pattern.length; at += 1) {
    if (pattern[at] === '\\') at += 1;
    else if (pattern[at] === ']') return at + 1;
  }
  return pattern.length;
}

function escapeLength(text: string): number {
  return (
    /^\\(?:u\{[0-9a-f]+\}|u[0-9a-f]{4}|x[0-9a-f]{2}|[pP]\{[^}]*\}|k<\w+>|c[a-z]|.)/i.exec(text)?.[0]
      .length ?? 1
  );
}
