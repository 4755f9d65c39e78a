import type { Key } from '../types.js';
import { characterKey, keyOf, type Modifiers } from './key.js';

/** Key numbers of the kitty protocol that are no characters (https://sw.kovidgoyal.net/kitty/keyboard-protocol/#functional-key-definitions). */
const FUNCTIONAL: Record<number, string> = {
  8: 'backspace',
  9: 'tab',
  13: 'enter',
  27: 'escape',
  127: 'backspace',
  57414: 'enter',
  57417: 'left',
  57418: 'right',
  57419: 'up',
  57420: 'down',
  57421: 'pageup',
  57422: 'pagedown',
  57423: 'home',
  57424: 'end',
  57425: 'insert',
  57426: 'delete',
};

/** The keypad's characters from 57399 on. */
const KEYPAD = '0123456789./*-+\u0000=,';
const KEYPAD_START = 57399;

const SUPER_HYPER_META = 8 | 16 | 32;
const CAPS_LOCK = 64;
const RELEASE = '3';

/** Modifiers of a parameter like `5` or `5:1`: 1 + bits of shift, alt, ctrl (xterm), and the event's type (kitty). */
export function readModifiers(parameter: string | undefined): {
  modifiers: Required<Modifiers>;
  capsLock: boolean;
  /** Held with a modifier that means nothing here. */
  foreign: boolean;
  released: boolean;
} {
  const [value, event] = (parameter ?? '').split(':');
  const bits = Math.max(0, Number(value === '' || value === undefined ? 1 : value) - 1);
  return {
    modifiers: { shift: (bits & 1) !== 0, alt: (bits & 2) !== 0, ctrl: (bits & 4) !== 0 },
    capsLock: (bits & CAPS_LOCK) !== 0,
    foreign: (bits & SUPER_HYPER_META) !== 0,
    released: event === RELEASE,
  };
}

/**
 * A key told by its code point: `CSI code:shifted:base ; modifiers:event ; text u` of kitty and
 * `CSI 27 ; modifiers ; code ~` of xterm's modifyOtherKeys. Undefined for a key that is let go.
 */
export function codePointKey(
  code: string | undefined,
  modifiersText: string | undefined,
  textCodes?: string,
): Key | undefined {
  const { modifiers, capsLock, foreign, released } = readModifiers(modifiersText);
  if (released) return undefined;
  const [plain, shifted, base] = (code ?? '').split(':');
  const number = Number(plain === '' ? Number.NaN : plain);
  const name = FUNCTIONAL[number];
  if (name !== undefined && !foreign) return keyOf(name, modifiers);
  const character = KEYPAD[number - KEYPAD_START] ?? characterOf(number);
  if (foreign || character === undefined) return keyOf('unknown');
  const alternate = characterOf(Number(shifted || Number.NaN));
  if (modifiers.ctrl || modifiers.alt) {
    const latin = number > 127 ? characterOf(Number(base || Number.NaN)) : undefined;
    return withCtrlOrAlt(latin ?? character, alternate, modifiers);
  }
  const big = modifiers.shift !== capsLock ? character.toUpperCase() : character;
  const text = textOf(textCodes) ?? (modifiers.shift ? alternate : undefined) ?? big;
  return keyOf('text', {}, text);
}

function withCtrlOrAlt(
  character: string,
  shifted: string | undefined,
  modifiers: Required<Modifiers>,
): Key {
  // What Ctrl+[ has always been.
  if (character === '[' && modifiers.ctrl && !modifiers.alt) return keyOf('escape');
  if (!modifiers.shift) return characterKey(character, modifiers);
  if (shifted !== undefined && shifted.toLowerCase() !== character) {
    return keyOf(shifted, { ...modifiers, shift: false });
  }
  // Undo must work where the terminal does not tell what shift makes of a key.
  if (character === '-') return keyOf('_', { ...modifiers, shift: false });
  return characterKey(character, modifiers);
}

/** Printable characters only; private use are keys nobody here knows. */
function characterOf(code: number): string | undefined {
  if (!Number.isInteger(code) || code < 0x20 || code > 0x10ffff) return undefined;
  const character = String.fromCodePoint(code);
  return /[\p{Cc}\p{Co}\p{Cs}]/u.test(character) ? undefined : character;
}

function textOf(codes: string | undefined): string | undefined {
  if (codes === undefined || codes === '') return undefined;
  const characters = codes.split(':').map((code) => characterOf(Number(code || Number.NaN)));
  return characters.includes(undefined) ? undefined : characters.join('');
}
