/** What session ids tell about how they are made. */
export interface IdReading {
  /** Certain faults: `two sessions have the same id`. */
  faults: readonly string[];
  /** Doubts. */
  doubts: readonly string[];
  /** Random bits by form: alphabet and length of what differs, the least of all ids. An upper bound. */
  bits: number;
}

/** RFC 4122 and 9562: what a UUID's version says about where its bits come from. */
const UUID = /^[\da-f]{8}-[\da-f]{4}-([\da-f])[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/i;
const UUID_BITS: Readonly<Record<string, number>> = { '4': 122, '7': 74 };

const ALPHABETS: readonly (readonly [pattern: RegExp, size: number])[] = [
  [/^\d*$/, 10],
  [/^[\da-f]*$/, 16],
  [/^[\dA-F]*$/, 16],
  [/^[\da-z]*$/, 36],
  [/^[\dA-Z]*$/, 36],
  [/^[\dA-Za-z]*$/, 62],
];

/** Fewer can be guessed by asking (OWASP ASVS: 64); a right id has 128, of which a UUID gives up six. */
const TOO_FEW = 64;
const ENOUGH = 120;

/**
 * Reads ids as they came, oldest first, without knowing how they are made: it finds what is wrong for certain or by
 * its form, and says nothing for ids that show no pattern. `nowMs` is the time they were made at, in Unix milliseconds.
 */
export function readIds(ids: readonly string[], nowMs: number): IdReading {
  const faults: string[] = [];
  const doubts: string[] = [];
  if (new Set(ids).size < ids.length) faults.push('two sessions have the same id');
  if (ids.some((id) => !/^[\x21-\x7e]+$/.test(id))) {
    faults.push('an id has characters that are not visible ASCII');
  }
  if (isCounter(ids)) faults.push('the ids count up');
  const versions = new Set(ids.map((id) => UUID.exec(id)?.[1]));
  if (versions.has('1') || versions.has('6')) {
    faults.push('the ids are UUIDs made of the time and the network card (version 1 or 6)');
  }
  const bits = Math.min(...ids.map((id) => bitsOf(id, ids, nowMs)));
  if (faults.length === 0) judgeBits(bits, { faults, doubts });
  if (ids.every((id) => timeIn(id, nowMs) > 0)) doubts.push('the ids begin with the time');
  return { faults, doubts, bits };
}

function judgeBits(bits: number, { faults, doubts }: { faults: string[]; doubts: string[] }): void {
  if (bits < TOO_FEW) faults.push(`the ids have room for ${bits} random bits at most`);
  else if (bits < ENOUGH) doubts.push(`the ids have room for ${bits} random bits at most`);
}

/** Same text around a number that grows by little each time. */
function isCounter(ids: readonly string[]): boolean {
  if (ids.length === 1) return /^(?:\D{0,32}\D)?\d{1,9}$/.test(ids[0] ?? '');
  const core = ids.map((id) => varying(id, ids));
  if (core.every((part) => /^\d{1,15}$/.test(part))) return growsSlowly(core.map(Number));
  return core.every((part) => /^[\da-f]{1,12}$/i.test(part))
    ? growsSlowly(core.map((part) => Number.parseInt(part, 16)))
    : false;
}

/** Numbers a step of at most 1,000 apart, whichever way; random ones of any length rarely are. */
function growsSlowly(numbers: readonly number[]): boolean {
  const steps = numbers.slice(1).map((number, at) => number - (numbers[at] ?? 0));
  return (
    steps.every((step) => step > 0 && step <= 1000) ||
    steps.every((step) => step < 0 && step >= -1000)
  );
}

/** What is left of an id when a beginning and an end of more than `shortest` characters that all share are taken away. */
function varying(id: string, ids: readonly string[], shortest = 0): string {
  if (new Set(ids).size < 2) return id;
  const first = ids[0] ?? '';
  let start = 0;
  while (start < first.length && ids.every((other) => other[start] === first[start])) start += 1;
  let end = 0;
  const room = Math.min(...ids.map(({ length }) => length)) - start;
  while (end < room && ids.every((other) => other.at(-1 - end) === first.at(-1 - end))) end += 1;
  return id.slice(start > shortest ? start : 0, id.length - (end > shortest ? end : 0));
}

/** Random characters agree by chance; more than these hardly ever do. */
const CHANCE = 5;

function bitsOf(id: string, ids: readonly string[], nowMs: number): number {
  const version = UUID.exec(id)?.[1];
  if (version !== undefined) return UUID_BITS[version] ?? 122;
  const part = varying(id, ids, CHANCE).slice(timeIn(id, nowMs));
  const size = Math.max(...ids.map(alphabetOf));
  // In base64url, hyphens and underscores are digits; elsewhere they part groups.
  const length = size >= 62 ? part.length : part.replaceAll(/[-_.:~]/g, '').length;
  return Math.floor(length * Math.log2(size));
}

/** Characters that an id of this look can have in each place. */
function alphabetOf(id: string): number {
  const plain = id.replaceAll(/[-_.:~]/g, '');
  const size = ALPHABETS.find(([pattern]) => pattern.test(plain))?.[1] ?? 94;
  return size === 62 && /^[\w-]*$/.test(id) && plain !== id ? 64 : size;
}

/** Clocks differ; by more than that, text that looks like the time is chance. */
const HOUR_MS = 3_600_000;

/** Characters at the beginning that spell the present time, as seconds or milliseconds; 0 when none do. */
function timeIn(id: string, nowMs: number): number {
  if (UUID.test(id)) return 0;
  const spellings: readonly (readonly [digits: number, base: number, unitMs: number])[] = [
    [13, 10, 1],
    [10, 10, 1000],
    [11, 16, 1],
    [8, 16, 1000],
    [8, 36, 1],
  ];
  for (const [digits, base, unitMs] of spellings) {
    const head = id.slice(0, digits);
    if (head.length < digits || !/^(?:[\da-z]+|[\dA-Z]+)$/.test(head)) continue;
    if (base < 36 && !(base === 10 ? /^\d+$/ : /^[\da-f]+$/i).test(head)) continue;
    if (Math.abs(Number.parseInt(head, base) * unitMs - nowMs) < HOUR_MS) return digits;
  }
  return 0;
}
