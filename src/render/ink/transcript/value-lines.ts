import type { JsonValue } from '../../../core/json.js';
import { toTerminalLine } from '../../../core/terminal-text.js';

/** A line of a JSON value written like YAML; safe for a terminal. */
export interface ValueLine {
  /** Levels of indentation. */
  depth: number;
  text: string;
  /** A line out of a text of several lines: it needs a mark before it that only we draw. */
  quoted: boolean;
}

export interface ValueOptions {
  /** Longer strings are cut here, with `…`; without it every value is complete. */
  maxChars?: number;
}

/** Lists of simple values up to here stand in one line. */
const INLINE_CHARS = 60;
/** Deeper values stand in one line, as JSON. */
const MAX_DEPTH = 24;

/**
 * A JSON value as lines, one a field. Strings are quoted as in JSON; those of several lines follow
 * line by line, `quoted`. Characters that cannot be seen are written out, and no two values look the same. Lines come one by one, so
 * that a reader of the first few pays for no more.
 */
export function* valueLines(
  value: JsonValue,
  options: ValueOptions = {},
  at: { depth: number; lead: string } = { depth: 0, lead: '' },
): Generator<ValueLine> {
  const { depth, lead } = at;
  if (typeof value === 'string' && value.includes('\n')) {
    yield* textLines(value, options, at);
  } else if (isSimple(value) || depth > MAX_DEPTH) {
    yield line(depth, `${lead}${simpleText(value, options)}`);
  } else if (Array.isArray(value)) {
    yield* listLines(value, options, at);
  } else {
    const inner = lead === '' ? depth : depth + 1;
    if (lead !== '') yield line(depth, lead.trimEnd());
    for (const [key, item] of Object.entries(value as { [key: string]: JsonValue })) {
      yield* valueLines(item, options, { depth: inner, lead: `${keyText(key)}: ` });
    }
  }
}

function* textLines(
  value: string,
  { maxChars }: ValueOptions,
  { depth, lead }: { depth: number; lead: string },
): Generator<ValueLine> {
  const lines = cut(value, maxChars).split('\n');
  const isPlain = lines.every((text) => toTerminalLine(text) === text);
  yield line(depth, `${lead}(${lines.length} lines${isPlain ? '' : ', escaped'})`);
  for (const text of lines) {
    // A backslash of the text must not look like one of ours.
    const shown = isPlain ? text : toTerminalLine(text.replaceAll('\\', String.raw`\\`));
    yield { depth: depth + 1, text: shown, quoted: true };
  }
}

function* listLines(
  list: readonly JsonValue[],
  options: ValueOptions,
  { depth, lead }: { depth: number; lead: string },
): Generator<ValueLine> {
  const short = inlineList(list, options);
  if (short !== undefined) {
    yield line(depth, `${lead}${short}`);
    return;
  }
  const inner = lead === '' ? depth : depth + 1;
  if (lead !== '') yield line(depth, lead.trimEnd());
  for (const item of list) {
    let lead = '- ';
    for (const part of valueLines(item, options, { depth: inner + 1, lead: '' })) {
      yield lead === '' ? part : { ...part, depth: inner, text: `${lead}${part.text}` };
      lead = '';
    }
  }
}

/** `["a", 2]` when it is short. */
function inlineList(list: readonly JsonValue[], options: ValueOptions): string | undefined {
  if (list.length > INLINE_CHARS / 2 || !list.every(isSimple)) return undefined;
  const text = `[${list.map((item) => simpleText(item, options)).join(', ')}]`;
  return text.length <= INLINE_CHARS ? text : undefined;
}

/** Fits in one line whatever it is: no list or object with something in it, no text of several lines. */
function isSimple(value: JsonValue): boolean {
  if (typeof value === 'string') return !value.includes('\n');
  return typeof value !== 'object' || value === null || Object.keys(value).length === 0;
}

function simpleText(value: JsonValue, { maxChars }: ValueOptions): string {
  const shown = typeof value === 'string' ? cut(value, maxChars) : value;
  return toTerminalLine(JSON.stringify(shown));
}

function keyText(key: string): string {
  return /^[\w.-]{1,64}$/.test(key) ? key : toTerminalLine(JSON.stringify(key));
}

function cut(text: string, maxChars = Infinity): string {
  return text.length <= maxChars ? text : `${text.slice(0, maxChars)}…`;
}

function line(depth: number, text: string): ValueLine {
  return { depth, text, quoted: false };
}
