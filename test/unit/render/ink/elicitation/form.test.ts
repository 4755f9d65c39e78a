import { afterEach, describe, expect, it } from 'vitest';
import { forgetSecrets, registerSecret } from '../../../../../src/core/redact.js';
import { key } from '../asks/open.js';
import { field, FIELDS, openForm } from './open-form.js';

afterEach(forgetSecrets);

const DEFAULTS = { ok: false, pet: 'cat' };

describe('what is shown', () => {
  it('who asks, the message, every field with its default, and the three ways out', () => {
    expect(openForm().rows()).toEqual([
      'shop asks you for 6 values, * is required',
      '│ Please tell us.',
      '│ ❯   Name *    (empty)',
      '│     E-mail    (empty)',
      '│     age       (empty)',
      '│     Agreed *  no',
      '│     pet       A cat',
      '│     days      (empty)',
      '  text, required',
      '│ Who you are',
      '  ↑↓ fields · Enter or type to change · Backspace empties',
      '  Send (Ctrl+S)    Decline (Ctrl+X)    Cancel (Esc)',
    ]);
  });

  it('in words for a screen reader', () => {
    const text = openForm({}, { screenReader: true }).text();
    expect(text).toContain('message: Please tell us.');
    expect(text).toContain('Selected:   Name *: (empty)');
    expect(text).not.toMatch(/[│❯]/);
  });

  it.each([
    [
      field({ kind: 'text', minLength: 2, maxLength: 9 }),
      'text, 2 to 9 characters, may stay empty',
    ],
    [field({ kind: 'text', format: 'uri', required: true }), 'a URI, required'],
    [field({ kind: 'number', integer: false, minimum: 0 }), 'a number, at least 0'],
    [field({ kind: 'boolean' }), 'yes or no'],
    [field({ kind: 'choices', options: [], minItems: 1 }), 'any of 0 choices, at least 1'],
  ])('limits: %#', (one, words) => {
    expect(openForm({ fields: [one] }).text()).toContain(words);
  });

  it('how many other questions wait', () => {
    expect(openForm({}, { waiting: 2 }).text()).toContain('2 more questions after this one');
  });

  it.each(['password', 'apiKey', 'API key', 'card_number', 'ssn', 'accessToken'])(
    'a warning about %s',
    (name) => {
      const screen = openForm({ fields: [field({ kind: 'text', name })] });
      expect(screen.text()).toContain(`! "${name}" sounds like a secret.`);
      screen.press('enter');
      expect(screen.text()).toContain('Servers must not ask for secrets');
    },
  );

  it('no warning about what is none', () => {
    expect(openForm().text()).not.toContain('secret');
    const fields = ['monkey', 'keyboard', 'discard', 'passenger'].map((name) =>
      field({ kind: 'text', name }),
    );
    expect(openForm({ fields }).text()).not.toContain('secret');
  });
});

describe('the ways out', () => {
  it.each([
    ['escape', { action: 'cancel' }],
    ['ctrl+c', { action: 'cancel' }],
    ['ctrl+x', { action: 'decline' }],
  ])('%s', (pressed, answer) => {
    expect(openForm().press(pressed)).toEqual(answer);
  });

  it.each([
    ['ctrl+c', { action: 'cancel' }],
    ['ctrl+x', { action: 'decline' }],
  ])('%s out of a field', (pressed, answer) => {
    expect(openForm().press('enter', 'x', pressed)).toEqual(answer);
  });

  it('the buttons below the fields', () => {
    expect(openForm().press('end', 'down', 'enter')).toEqual({ action: 'decline' });
    expect(openForm().press('end', 'right', 'right', 'enter')).toEqual({ action: 'cancel' });
    expect(openForm().press('end', 'tab', 'up', 'enter')).toBeUndefined();
  });

  it('Esc in a field leaves its value as it was', () => {
    const screen = openForm();
    expect(screen.press('x', 'escape')).toBeUndefined();
    expect(screen.rows()[2]).toBe('│ ❯   Name *    (empty)');
  });

  it('a form without fields is a yes or no', () => {
    const screen = openForm({ fields: [] });
    expect(screen.rows()[0]).toBe('shop asks you for a yes or no');
    expect(screen.text()).toContain('❯ Decline (Ctrl+X)');
    expect(screen.press('left', 'enter')).toEqual({ action: 'accept', content: {} });
  });
});

describe('filling in', () => {
  it('typing goes into the field, Enter to the next one and to the button', () => {
    const screen = openForm({ fields: FIELDS.slice(0, 1) });
    expect(screen.press('Ann', 'enter')).toBeUndefined();
    expect(screen.text()).toContain('Name *  Ann');
    expect(screen.text()).toContain('❯ Send (Ctrl+S)');
    expect(screen.press('enter')).toEqual({ action: 'accept', content: { name: 'Ann' } });
  });

  it('letters in the list send nothing', () => {
    expect(openForm().press('s', 'd', 'y', 'n', '1')).toBeUndefined();
  });

  it('sends what was not touched as the server had it', () => {
    const answer = openForm().press('Ann', 'enter', 'ctrl+s');
    expect(answer).toEqual({ action: 'accept', content: { ...DEFAULTS, name: 'Ann' } });
  });

  it('Ctrl+S in a field takes the value and shows it before it is sent', () => {
    const screen = openForm({ fields: FIELDS.slice(0, 1) });
    expect(screen.press('Ann', 'ctrl+s')).toBeUndefined();
    expect(screen.press('ctrl+s')).toEqual({ action: 'accept', content: { name: 'Ann' } });
  });

  it('text of several lines', () => {
    const screen = openForm({ fields: FIELDS.slice(0, 1) });
    screen.press('a', key('enter', { alt: true }), 'b', 'enter', 'enter');
    expect(screen.answers).toEqual([{ action: 'accept', content: { name: 'a\nb' } }]);
  });

  it('yes and no by Enter, Space and letter', () => {
    const fields = [field({ kind: 'boolean' })];
    const value = (...keys: string[]) => openForm({ fields }).press(...keys, 'ctrl+s');
    expect(value()).toEqual({ action: 'accept', content: {} });
    expect(value(' ')).toEqual({ action: 'accept', content: { it: true } });
    expect(value('enter', 'enter')).toEqual({ action: 'accept', content: { it: false } });
    expect(value('enter', 'enter', ' ')).toEqual({ action: 'accept', content: {} });
    expect(value('n')).toEqual({ action: 'accept', content: { it: false } });
  });

  it('one of a list', () => {
    const fields = FIELDS.slice(4, 5);
    const screen = openForm({ fields });
    screen.press('enter');
    expect(screen.text()).toContain('│ ❯ (•) A cat  (cat)');
    expect(screen.press('down', 'enter', 'enter')).toEqual({
      action: 'accept',
      content: { pet: 'dog' },
    });
    expect(openForm({ fields }).press('eel', 'enter', 'enter')).toEqual({
      action: 'accept',
      content: { pet: 'eel' },
    });
    expect(openForm({ fields }).press('backspace', 'ctrl+s')).toEqual({
      action: 'accept',
      content: {},
    });
  });

  it('several of a list, within their number', () => {
    const screen = openForm({ fields: FIELDS.slice(5) });
    screen.press('enter', ' ', 'down', ' ', 'down', ' ');
    expect(screen.text()).toContain('[x] wed');
    expect(screen.press('enter')).toBeUndefined();
    expect(screen.text()).toContain('✗ days must have at most 2 choices.');
    expect(screen.press('up', ' ', 'enter', 'enter')).toEqual({
      action: 'accept',
      content: { days: ['mon', 'wed'] },
    });
  });

  it('a default with a secret of ours is not shown, and stays what it was', () => {
    registerSecret('hunter2-hunter2');
    const screen = openForm({ fields: [field({ kind: 'text', default: 'x hunter2-hunter2' })] });
    expect(screen.text()).toContain('x [REDACTED]');
    screen.press('enter');
    expect(screen.text()).not.toContain('hunter2');
    expect(screen.press('enter', 'enter')).toEqual({
      action: 'accept',
      content: { it: 'x hunter2-hunter2' },
    });
  });

  it('names like those of an object’s own', () => {
    const fields = ['__proto__', 'constructor'].map((name) =>
      field({ kind: 'text', name, default: name }),
    );
    const answer = openForm({ fields }).press('ctrl+s');
    expect(JSON.stringify(answer)).toContain(
      '{"__proto__":"__proto__","constructor":"constructor"}',
    );
  });
});

describe('what is wrong', () => {
  it('is said in the field, which is not left', () => {
    const screen = openForm();
    screen.press('down', 'nobody', 'enter');
    expect(screen.text()).toContain('✗ E-mail must be an email address.');
    screen.press('@home.example', 'enter');
    expect(screen.text()).toContain('nobody@home.example');
  });

  it.each(['seventeen', '17', '18.5', '1e400'])('%s is no age', (text) => {
    const screen = openForm();
    screen.press('down', 'down', text, 'enter');
    expect(screen.text()).toMatch(/✗ age must be|✗ age has/);
  });

  it('is said when it is to be sent, with the cursor on it', () => {
    const screen = openForm();
    expect(screen.press('down', 'down', 'ctrl+s')).toBeUndefined();
    expect(screen.text()).toContain('✗ Name is required.');
    expect(screen.text()).toContain('│ ❯ ! Name *');
  });

  it('a default that may not stand is not sent', () => {
    const screen = openForm({
      fields: [field({ kind: 'number', integer: true, maximum: 3, default: 5 })],
    });
    expect(screen.press('ctrl+s')).toBeUndefined();
    expect(screen.text()).toContain('✗ it must be at most 3.');
  });
});

describe('more than fits', () => {
  const many = Array.from({ length: 30 }, (_, at) =>
    field({ kind: 'text', name: `f${at}`, default: `v${at}` }),
  );

  it('is shown whole before it is sent', () => {
    const screen = openForm({ fields: many });
    expect(screen.press('ctrl+s')).toBeUndefined();
    expect(screen.rows()[0]).toBe('Send this to shop?');
    const seen = new Set<string>();
    for (let page = 0; page < 5; page += 1) {
      for (const row of screen.rows()) if (row.startsWith('│ ')) seen.add(row);
      screen.press('pagedown');
    }
    expect(seen.size).toBe(30);
    screen.press('escape');
    expect(screen.rows()[0]).toContain('asks you for 30 values');
    screen.press('ctrl+s');
    expect(screen.press('enter')).toMatchObject({ action: 'accept', content: { f29: 'v29' } });
  });

  it('keeps the field under the cursor and the buttons on the screen', () => {
    const screen = openForm({ fields: many, message: 'x\n'.repeat(50) }, { maxRows: 12 });
    for (let at = 0; at < 29; at += 1) screen.press('down');
    expect(screen.text()).toContain('❯   f29');
    expect(screen.text()).toContain('Cancel (Esc)');
  });

  it('a value that is cut in the list is whole in the review', () => {
    const value = 'word '.repeat(80).trim();
    const screen = openForm({ fields: [field({ kind: 'text', default: value })] });
    screen.press('ctrl+s');
    const text = screen
      .rows()
      .filter((row) => row.startsWith('│ '))
      .map((row) => row.slice(2))
      .join(' ');
    expect(text).toContain(value);
  });

  it('a message of 10,000 characters scrolls, nothing is left out', () => {
    const words = Array.from({ length: 1500 }, (_, at) => `w${at}`);
    const screen = openForm({ message: words.join(' '), fields: FIELDS.slice(0, 1) });
    const seen: string[] = [];
    for (let page = 0; page < 60; page += 1) {
      for (const row of screen.rows())
        if (/^│ w\d/.test(row)) seen.push(...row.slice(2).split(' '));
      screen.press('pagedown');
    }
    expect([...new Set(seen)]).toEqual(words);
  });

  it('a list of 200 choices scrolls and filters', () => {
    const options = Array.from({ length: 200 }, (_, at) => ({ value: `o${at}`, title: `t${at}` }));
    const screen = openForm({ fields: [field({ kind: 'choice', options })] });
    expect(screen.press('enter', 'end', 'enter', 'enter')).toEqual({
      action: 'accept',
      content: { it: 'o199' },
    });
    expect(
      openForm({ fields: [field({ kind: 'choice', options })] }).press('t123', 'enter', 'enter'),
    ).toEqual({ action: 'accept', content: { it: 'o123' } });
  });

  it('choices that differ only at their end can be told apart', () => {
    const start = 'x'.repeat(120);
    const options = ['one', 'two'].map((end) => ({ value: end, title: `${start}${end}` }));
    const screen = openForm({ fields: [field({ kind: 'choice', options })] });
    screen.press('enter');
    expect(screen.rows().join('')).toContain('one');
    screen.press('down');
    expect(screen.rows().join('')).toContain('two');
  });
});
