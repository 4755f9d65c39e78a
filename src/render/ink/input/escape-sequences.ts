import type { Key } from '../types.js';
import { characterKey, controlKey, keyOf, type Modifiers } from './key.js';
import { codePointKey, readModifiers } from './key-codes.js';

/** What stands at an ESC: keys and where they end, the start of a paste, or the beginning of something longer. */
export type Escape =
  | { kind: 'keys'; keys: readonly Key[]; end: number }
  | { kind: 'paste'; end: number }
  /** `long`: nobody types this, so it is worth waiting for the rest. */
  | { kind: 'more'; long: boolean };

const ESC = '\u001b';

/** Finals of CSI and SS3 (xterm ctlseqs, "PC-Style Function Keys"). */
const FINALS: Record<string, string> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  F: 'end',
  H: 'home',
  P: 'f1',
  Q: 'f2',
  S: 'f4',
};

/** `CSI number ~`: vt220, rxvt, linux console. */
const NUMBERS: Record<string, string> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
  11: 'f1',
  12: 'f2',
  13: 'f3',
  14: 'f4',
  15: 'f5',
  17: 'f6',
  18: 'f7',
  19: 'f8',
  20: 'f9',
  21: 'f10',
  23: 'f11',
  24: 'f12',
};

/** rxvt ends the number with `^`, `$` or `@` for Ctrl, Shift or both. */
const RXVT_ENDS: Record<string, Modifiers> = {
  '^': { ctrl: true },
  $: { shift: true },
  '@': { ctrl: true, shift: true },
};

/** The keypad in application mode, `SS3 letter`. */
const KEYPAD: Record<string, string> = { X: '=', j: '*', k: '+', l: ',', m: '-', n: '.', o: '/' };

/** Longest sequence that is waited for. */
const MAX_CSI = 1024;
const MAX_STRING = 65_536;

/** Reads what begins with the ESC at `at`. */
export function readEscape(text: string, at: number): Escape {
  const next = text[at + 1];
  if (next === undefined) return { kind: 'more', long: false };
  if (next === '[') return readCsi(text, at);
  if (next === 'O') return readSs3(text, at);
  if (next === ESC) return readDoubleEscape(text, at);
  if (next === ']' || next === 'P' || next === '_') return readString(text, at);
  return readAlt(text, at);
}

function found(end: number, ...keys: Key[]): Escape {
  return { kind: 'keys', keys, end };
}

/** Ctrl+C, Ctrl+D and Ctrl+Z: people press them behind an Esc, nobody presses them with Alt. */
const LEAVING = new Set([0x03, 0x04, 0x1a]);

/** Alt is an ESC before the key. */
function readAlt(text: string, at: number): Escape {
  const code = text.codePointAt(at + 1) ?? 0;
  if (LEAVING.has(code)) return found(at + 1, keyOf('escape'));
  const end = at + (code > 0xffff ? 3 : 2);
  if (code < 0x20 || code === 0x7f) return found(end, controlKey(code, { alt: true }));
  if (code < 0xa0 && code >= 0x80) return found(end, keyOf('unknown'));
  return found(end, characterKey(String.fromCodePoint(code), { alt: true }));
}

/** Esc pressed before another key, or Alt with a key that is a sequence itself. */
function readDoubleEscape(text: string, at: number): Escape {
  const third = text[at + 2];
  if (third === undefined) return { kind: 'more', long: false };
  if (third !== '[' && third !== 'O') return found(at + 1, keyOf('escape'));
  const inner = readEscape(text, at + 1);
  if (inner.kind === 'more') return inner;
  const key = inner.kind === 'keys' ? inner.keys[0] : undefined;
  const isKey = key !== undefined && !['unknown', 'reply', 'text'].includes(key.name);
  if (inner.kind === 'paste' || !isKey) return found(at + 1, keyOf('escape'));
  return found(inner.end, { ...key, alt: true });
}

/** Replies of OSC, DCS and APC; anything else behind these introducers is Alt with a character. */
function readString(text: string, at: number): Escape {
  const introducer = text[at + 1];
  const first = text[at + 2];
  if (first === undefined) return { kind: 'more', long: false };
  const begins = introducer === ']' ? /[\dlL]/ : introducer === 'P' ? /[\d>!$+]/ : /G/;
  if (!begins.test(first)) return readAlt(text, at);
  // oxlint-disable-next-line no-control-regex
  const body = /[^\u0000-\u001f\u007f-\u009f]*/y;
  body.lastIndex = at + 2;
  body.test(text);
  const end = body.lastIndex;
  const stop = text.slice(end, end + 2);
  if (stop.startsWith('\u0007')) return found(end + 1, reply(text, at, end + 1));
  if (stop === `${ESC}\\`) return found(end + 2, reply(text, at, end + 2));
  const mayGoOn = (stop === '' || stop === ESC) && end - at < MAX_STRING;
  return mayGoOn ? { kind: 'more', long: true } : found(end, keyOf('unknown'));
}

function reply(text: string, start: number, end: number): Key {
  return keyOf('reply', {}, text.slice(start, end));
}

function readSs3(text: string, at: number): Escape {
  const sequence = /([\d;]{0,8})([A-Za-z]?)/y;
  sequence.lastIndex = at + 2;
  const [whole = '', parameters = '', final = ''] = sequence.exec(text) ?? [];
  const end = at + 2 + whole.length;
  if (final === '' && end === text.length) return { kind: 'more', long: parameters !== '' };
  const { modifiers } = readModifiers(parameters.split(';').at(-1));
  const name = final === 'R' ? 'f3' : final === 'M' ? 'enter' : FINALS[final];
  if (name !== undefined) return found(end, keyOf(name, modifiers));
  const digit = 'pqrstuvwxy'.indexOf(final);
  const character = KEYPAD[final] ?? (final !== '' && digit !== -1 ? String(digit) : undefined);
  if (character !== undefined) return found(end, keyOf('text', {}, character));
  if (/^[a-d]$/.test(final)) return found(end, keyOf(arrow(final), { ctrl: true }));
  // Alt+O before something else.
  return readAlt(text, at);
}

function arrow(final: string): string {
  return FINALS[final.toUpperCase()] ?? 'unknown';
}

function readCsi(text: string, at: number): Escape {
  const special = readOddCsi(text, at);
  if (special !== undefined) return special;
  const sequence = /([<=>?]?)([\d;:]*)([0-?]*[ -/]*)([@-~]?)/y;
  sequence.lastIndex = at + 2;
  const [whole = '', prefix = '', parameters = '', odd = '', final = ''] =
    sequence.exec(text) ?? [];
  const end = at + 2 + whole.length;
  if (final === '') {
    if (end < text.length || whole.length > MAX_CSI) return found(end, keyOf('unknown'));
    return { kind: 'more', long: whole !== '' };
  }
  if (prefix === '' && odd === '' && final === '~' && parameters === '200') {
    return { kind: 'paste', end };
  }
  if (prefix === '<') return found(end, keyOf('unknown'));
  if (prefix !== '' || isReply(parameters, odd, final)) return found(end, reply(text, at, end));
  const key = odd === '' ? csiKey(parameters, final) : keyOf('unknown');
  return key === undefined ? found(end) : found(end, key);
}

/** Three forms that do not follow ECMA-48: linux console's F1 to F5, rxvt's Shift, X10's mouse. */
function readOddCsi(text: string, at: number): Escape | undefined {
  const third = text[at + 2];
  if (third === '[') {
    const letter = text[at + 3];
    if (letter === undefined) return { kind: 'more', long: true };
    const number = 'ABCDE'.indexOf(letter) + 1;
    return number === 0
      ? found(at + 3, keyOf('unknown'))
      : found(at + 4, keyOf(`f${String(number)}`));
  }
  if (third === 'M') {
    return text.length < at + 6 ? { kind: 'more', long: true } : found(at + 6, keyOf('unknown'));
  }
  const shifted = /(\d{1,2})\$/y;
  shifted.lastIndex = at + 2;
  const name = NUMBERS[shifted.exec(text)?.[1] ?? ''];
  return name === undefined ? undefined : found(shifted.lastIndex, keyOf(name, { shift: true }));
}

/** Focus in and out, cursor position, device status, window size, modes (xterm ctlseqs). */
function isReply(parameters: string, odd: string, final: string): boolean {
  if (parameters === '') return odd === '' && (final === 'I' || final === 'O');
  if (final === 'R') return /^\d+;\d+$/.test(parameters);
  return 'cntxy'.includes(final);
}

/** Undefined for a key that is let go. */
function csiKey(parameters: string, final: string): Key | undefined {
  const [first = '', second, third] = parameters.split(';');
  if (final === 'u') return codePointKey(first, second, third);
  if (final === '~' && first === '27' && third !== undefined) return codePointKey(third, second);
  const { foreign, released, ...held } = readModifiers(second);
  if (released) return undefined;
  // Bit 8 is Meta in xterm and iTerm2, which is Alt by another name.
  const modifiers = { ...held.modifiers, alt: held.modifiers.alt || foreign };
  if (final === 'Z') return keyOf('tab', { ...modifiers, shift: true });
  if (final === 'I') return keyOf('tab', modifiers);
  if (/^[a-d]$/.test(final)) return keyOf(arrow(final), { shift: true });
  const name =
    final === 'R' ? 'f3' : (FINALS[final] ?? (/[~^@]/.test(final) ? NUMBERS[first] : undefined));
  return name === undefined ? keyOf('unknown') : keyOf(name, { ...modifiers, ...RXVT_ENDS[final] });
}
