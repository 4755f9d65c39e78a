import { expect } from 'vitest';
import type { Make } from '../../../../../src/render/ink/asks/guard.js';
import type { Key } from '../../../../../src/render/ink/types.js';
import { faults, frameOf, type Where } from '../transcript/fixtures.js';

export interface Screen extends Where {
  maxRows?: number;
}

export function key(name: string, more: Partial<Key> = {}): Key {
  return { name, text: '', ctrl: false, alt: false, shift: false, ...more };
}

export const typed = (text: string): Key => key('text', { text });
export const ctrl = (name: string): Key => key(name, { ctrl: true });

/** Keys by name; `ctrl+x`; everything else is typed. */
function toKey(word: string): Key {
  const names =
    /^(?:enter|escape|up|down|left|right|tab|backspace|delete|page(?:up|down)|home|end)$/;
  if (word.startsWith('ctrl+')) return ctrl(word.slice(5));
  return names.test(word) ? key(word) : typed(word);
}

/** A dialog on a screen of its own; every drawing is looked at. */
export function openDialog<A>(make: Make<A>, { maxRows = 21, ...where }: Screen = {}) {
  const answers: A[] = [];
  const layer = make((answer) => answers.push(answer));
  const view = () => {
    const frame = frameOf(where);
    const pane = layer.view(maxRows, frame);
    expect(pane.rows.length).toBeLessThanOrEqual(maxRows);
    expect(faults(pane.rows, frame.columns)).toEqual([]);
    return pane;
  };
  const press = (...keys: readonly (string | Key)[]): A | undefined => {
    for (const one of keys) {
      view();
      layer.key(typeof one === 'string' ? toKey(one) : one);
    }
    view();
    return answers.at(-1);
  };
  return {
    answers,
    view,
    press,
    rows: () => view().rows,
    text: () => view().rows.join('\n'),
  };
}
