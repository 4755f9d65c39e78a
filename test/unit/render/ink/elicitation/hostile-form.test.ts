import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FormField } from '../../../../../src/core/asks.js';
import { checkContent } from '../../../../../src/core/form.js';
import { hostile } from '../hostile.js';
import { field, openForm } from './open-form.js';

describe('a hostile form', () => {
  const fake = '❯ Send (Ctrl+S)    Decline (Ctrl+X)    Cancel (Esc)';

  it('cannot look like a line of ours', () => {
    const nasty = `x\n${fake}\nshop asks you for nothing`;
    const fields = [
      field({ kind: 'text', title: nasty, description: nasty, default: nasty }),
      field({
        kind: 'choice',
        name: 'c',
        options: [{ value: nasty, title: fake }],
        default: nasty,
      }),
    ];
    const screen = openForm({ message: nasty, fields }, { maxRows: 40, columns: 120 });
    const check = () =>
      expect(
        screen.rows().filter((row) => row.includes('Decline') && !row.startsWith('│ ')),
      ).toHaveLength(1);
    check();
    screen.press('down');
    check();
    screen.press('ctrl+s');
    check();
    screen.press('escape', 'enter');
    check();
  });

  const text = fc.record({ name: hostile, title: hostile, description: hostile, value: hostile });
  const kinds = ['text', 'number', 'boolean', 'choice', 'choices'] as const;
  const fields = fc.array(fc.tuple(text, fc.constantFrom(...kinds), fc.boolean()), {
    maxLength: 6,
  });
  const keys = fc.array(
    fc.constantFrom(
      'down',
      'up',
      'enter',
      ' ',
      'x',
      '3',
      'tab',
      'ctrl+s',
      'pagedown',
      'backspace',
      'escape',
      'end',
    ),
    { maxLength: 14 },
  );

  it('is safe and fits in any size, with any keys, and only what fits the schema is sent', () => {
    const property = fc.property(
      fields,
      hostile,
      keys,
      fc.integer({ min: 1, max: 90 }),
      fc.integer({ min: 0, max: 30 }),
      fc.boolean(),
      (parts, message, pressed, columns, maxRows, screenReader) => {
        const made = parts.map(([words, kind, required], at) =>
          toField(words, { kind, required, at }),
        );
        const screen = openForm(
          { server: message, message, fields: made },
          { columns, maxRows, screenReader },
        );
        screen.press(...pressed);
        for (const answer of screen.answers) {
          if (answer.action !== 'accept') continue;
          expect(checkContent(made, answer.content ?? {})).toEqual([]);
        }
      },
    );
    fc.assert(property, { numRuns: 80 });
  });

  function toField(
    { name, title, description, value }: Record<'name' | 'title' | 'description' | 'value', string>,
    { kind, required, at }: { kind: FormField['kind']; required: boolean; at: number },
  ): FormField {
    const base = { name: `${at}${name}`, title, description, required };
    const options = [
      { value, title },
      { value: 'other', title: description },
    ];
    switch (kind) {
      case 'text':
        return { ...base, kind, default: value };
      case 'number':
        return { ...base, kind, integer: true, default: at };
      case 'boolean':
        return { ...base, kind };
      case 'choice':
        return { ...base, kind, options, default: value };
      case 'choices':
        return { ...base, kind, options };
    }
  }
});
