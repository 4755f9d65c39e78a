import { describe, expect, it } from 'vitest';
import { columnsOf } from '../../../../src/render/columns.js';
import { createTheme } from '../../../../src/render/theme.js';
import {
  menuKey,
  menuRows,
  openMenu,
  type ListView,
  type MenuState,
} from '../../../../src/render/ink/menu.js';
import {
  openPicker,
  pickerKey,
  pickerRows,
  type PickerState,
} from '../../../../src/render/ink/picker.js';
import type { CompletionItem, Key } from '../../../../src/render/ink/types.js';

const plain = createTheme('dark', false);
const view = (own: Partial<ListView> = {}): ListView => ({
  columns: 40,
  maxRows: 10,
  theme: plain,
  screenReader: false,
  ...own,
});

/** `up`, `ctrl+p`, or a text. */
function key(name: string): Key {
  const [last = '', ...modifiers] = name.split('+').toReversed();
  const has = (modifier: string) => modifiers.includes(modifier);
  const base = { ctrl: has('ctrl'), alt: has('alt'), shift: has('shift') };
  return { name: last, text: '', ...base };
}

const text = (typed: string): Key => ({ ...key('text'), text: typed });

const items: readonly CompletionItem[] = Array.from({ length: 20 }, (_, n) => ({
  label: `/command-${n}`,
  insert: `/command-${n} `,
  detail: `what number ${n} does`,
  ...(n === 1 ? { submit: true } : {}),
}));

const menu = openMenu({ range: { start: 0, end: 1 }, items }) as MenuState;

function press(state: MenuState, ...names: string[]): MenuState {
  return names.reduce((now, name) => {
    const action = menuKey(now, key(name));
    return typeof action === 'object' && 'state' in action ? action.state : now;
  }, state);
}

describe('the menu', () => {
  it('does not open for nothing', () => {
    expect(openMenu({ range: { start: 0, end: 0 }, items: [] })).toBeUndefined();
  });

  it.each<[keys: string, index: number]>([
    ['down', 1],
    ['down down ctrl+n', 3],
    ['down ctrl+p', 0],
    ['up', 19],
    ['up down', 0],
    ['pagedown pagedown pagedown', 19],
    ['pagedown pageup', 0],
  ])('%s', (keys, index) => {
    expect(press(menu, ...keys.split(' ')).index).toBe(index);
  });

  it('Tab accepts; Enter accepts, and sends when nothing has to follow', () => {
    const second = press(menu, 'down');
    expect(menuKey(menu, key('tab'))).toEqual({ accept: items[0], submit: false });
    expect(menuKey(menu, key('enter'))).toEqual({ accept: items[0], submit: false });
    expect(menuKey(second, key('enter'))).toEqual({ accept: items[1], submit: true });
    expect(menuKey(second, key('tab'))).toEqual({ accept: items[1], submit: false });
    expect(menuKey(menu, key('escape'))).toBe('close');
  });

  it.each(['shift+tab', 'alt+enter', 'shift+enter', 'left', 'ctrl+c', 'alt+up', 'backspace'])(
    '%s is not its key',
    (name) => {
      expect(menuKey(menu, key(name))).toBeUndefined();
    },
  );

  it('shows eight rows at most, around the selected one, and that there are more', () => {
    expect(menuRows(menu, view())).toMatchInlineSnapshot(`
      [
        "❯ /command-0  what number 0 does",
        "  /command-1  what number 1 does",
        "  /command-2  what number 2 does",
        "  /command-3  what number 3 does",
        "  /command-4  what number 4 does",
        "  /command-5  what number 5 does",
        "  /command-6  what number 6 does",
        "↓ /command-7  what number 7 does",
      ]
    `);
    const rows = menuRows(press(menu, 'pagedown', 'down'), view({ maxRows: 4 }));
    expect(rows).toMatchInlineSnapshot(`
      [
        "↑ /command-7   what number 7 does",
        "  /command-8   what number 8 does",
        "❯ /command-9   what number 9 does",
        "↓ /command-10  what number 10 does",
      ]
    `);
  });

  it.each([1, 2, 5, 12, 24, 79])('fits %i columns', (columns) => {
    const wide = items.map((item) => ({ ...item, label: `漢字${item.label}`, detail: '😀 漢字' }));
    const state = openMenu({ range: { start: 0, end: 1 }, items: wide }) as MenuState;
    for (const screenReader of [false, true]) {
      for (const row of menuRows(state, view({ columns, screenReader }))) {
        expect(columnsOf(row)).toBeLessThanOrEqual(columns);
      }
    }
  });

  it('marks the selected row with colours turned around, and to a screen reader in words', () => {
    const colors = createTheme('dark', true);
    const [first = '', second = ''] = menuRows(menu, view({ theme: colors }));
    expect(first).toMatch(/^\u001b\[7m.*\u001b\[27m$/);
    expect(second).not.toContain('\u001b[7m');
    const [spoken] = menuRows(menu, view({ screenReader: true, columns: 79 }));
    expect(spoken).toBe('Selected, 1 of 20: /command-0: what number 0 does');
  });

  it('without rows or columns shows nothing', () => {
    expect(menuRows(menu, view({ maxRows: 0 }))).toEqual([]);
    expect(menuRows(menu, view({ columns: 0 }))).toEqual([]);
  });
});

const choices = Array.from({ length: 15 }, (_, n) => ({
  label: `model-${n}`,
  detail: n % 2 === 0 ? 'even' : 'odd',
}));
const picker = openPicker('Model', choices);

function typeInto(state: PickerState, ...keys: Key[]): ReturnType<typeof pickerKey> {
  let action: ReturnType<typeof pickerKey> = { state };
  for (const one of keys) {
    if (typeof action !== 'object' || !('state' in action)) return action;
    action = pickerKey(action.state, one);
  }
  return action;
}

describe('the picker', () => {
  it('chooses by arrows and Enter', () => {
    expect(typeInto(picker, key('down'), key('down'), key('enter'))).toEqual({ choose: 2 });
    expect(typeInto(picker, key('up'), key('enter'))).toEqual({ choose: 14 });
    expect(typeInto(picker, key('end'), key('enter'))).toEqual({ choose: 14 });
    expect(typeInto(picker, key('end'), key('home'), key('enter'))).toEqual({ choose: 0 });
    expect(typeInto(picker, key('pagedown'), key('enter'))).toEqual({ choose: 8 });
  });

  it('chooses by a digit while nothing is typed', () => {
    expect(typeInto(picker, text('3'))).toEqual({ choose: 2 });
    expect(typeInto(openPicker('x', choices.slice(0, 2)), text('3'))).toBeUndefined();
    expect(typeInto(picker, text('m'), text('3'))).toMatchObject({ state: { filter: 'm3' } });
  });

  it('filters by words of the label and the detail', () => {
    const odd = typeInto(picker, text('ODD 1'));
    expect(odd).toMatchObject({ state: { shown: [1, 11, 13] } });
    expect(typeInto(picker, text('odd 1'), key('down'), key('enter'))).toEqual({ choose: 11 });
    expect(typeInto(picker, text('zzz'), key('enter'))).toBeUndefined();
    expect(typeInto(picker, text('zzz'), key('down'))).toMatchObject({ state: { index: 0 } });
    expect(typeInto(picker, text('zz'), key('backspace'))).toMatchObject({
      state: { filter: 'z' },
    });
    expect(typeInto(picker, text('zz'), key('ctrl+u'))).toMatchObject({ state: { filter: '' } });
  });

  it('closes', () => {
    expect(typeInto(picker, key('escape'))).toBe('close');
    expect(typeInto(picker, text('a'), key('ctrl+c'))).toBe('close');
    expect(typeInto(picker, key('f1'))).toBeUndefined();
  });

  it('shows title, filter, choices and keys', () => {
    expect(pickerRows(picker, view({ maxRows: 5 }))).toMatchInlineSnapshot(`
      [
        "Model",
        "❯ 1. model-0  even",
        "  2. model-1  odd",
        "↓ 3. model-2  even",
        "Enter choose · Esc cancel · type to fil…",
      ]
    `);
    const typed = typeInto(picker, text('odd')) as { state: PickerState };
    expect(pickerRows(typed.state, view({ maxRows: 5 }))).toMatchInlineSnapshot(`
      [
        "Model",
        "Filter: odd",
        "❯ model-1  odd",
        "↓ model-3  odd",
        "Enter choose · Esc cancel · type to fil…",
      ]
    `);
  });

  it.each([1, 2, 3, 10, 24])(
    'fits %i columns and rows, whatever the choices are called',
    (size) => {
      const evil = '\u001b]0;x\u0007\u202e漢字\n'.repeat(5);
      for (const screenReader of [false, true]) {
        const state = openPicker(evil, [{ label: evil, detail: evil }, ...choices]);
        const rows = pickerRows(state, view({ columns: size, maxRows: size, screenReader }));
        expect(rows.length).toBeLessThanOrEqual(size);
        for (const row of rows) {
          expect(columnsOf(row)).toBeLessThanOrEqual(size);
          expect(row).not.toMatch(/[\p{Cc}\u202e]/u);
        }
      }
    },
  );
});
