import type { Key } from '../types.js';

export type Modifiers = Partial<Pick<Key, 'ctrl' | 'alt' | 'shift'>>;

export function keyOf(name: string, modifiers: Modifiers = {}, text = ''): Key {
  return { name, text, ctrl: false, alt: false, shift: false, ...modifiers };
}

/** Ctrl or Alt with a character: letters by their small form, so that Alt+F is `f` with shift. */
export function characterKey(character: string, modifiers: Modifiers): Key {
  const small = character.toLowerCase();
  return small === character
    ? keyOf(character, modifiers)
    : keyOf(small, { ...modifiers, shift: true });
}

/** What the C0 controls and DEL stand for (ECMA-48, 5.2; xterm ctlseqs, "Control characters"). */
export function controlKey(code: number, modifiers: Modifiers = {}): Key {
  if (code === 0x09) return keyOf('tab', modifiers);
  if (code === 0x0d) return keyOf('enter', modifiers);
  if (code === 0x1b) return keyOf('escape', modifiers);
  if (code === 0x7f) return keyOf('backspace', modifiers);
  const ctrl = { ...modifiers, ctrl: true };
  if (code === 0) return keyOf(' ', ctrl);
  return keyOf(String.fromCharCode(code + 0x40).toLowerCase(), ctrl);
}
