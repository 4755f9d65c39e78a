import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FormField } from '../../../src/core/asks.js';
import { checkContent, defaultsOf, parseField, showValue } from '../../../src/core/form.js';
import { hasFormat, type TextFormat } from '../../../src/core/form-formats.js';
import type { JsonValue } from '../../../src/core/json.js';

const base = { name: 'f', required: false };
const text = (more: object = {}): FormField => ({ ...base, kind: 'text', ...more });
const number = (more: object = {}): FormField => ({
  ...base,
  kind: 'number',
  integer: false,
  ...more,
});
const options = [
  { value: 'r', title: 'Red' },
  { value: 'g', title: 'Green, dark' },
  { value: '1', title: 'One' },
];
const choice: FormField = { ...base, kind: 'choice', options };
const choices = (more: object = {}): FormField => ({ ...base, kind: 'choices', options, ...more });

describe('what a person types', () => {
  test.each<[string, FormField, string, object]>([
    ['a text is kept as it is', text(), ' a b ', { value: ' a b ' }],
    ['nothing is empty', text(), '', { empty: true }],
    ['blanks are no email', text({ format: 'email' }), '  ', { empty: true }],
    ['an email', text({ format: 'email' }), ' ada@example.com ', { value: 'ada@example.com' }],
    ['a wrong email', text({ format: 'email' }), 'ada@', { problem: 'must be an email address' }],
    [
      'a length in characters',
      text({ minLength: 2 }),
      '😀',
      { problem: 'must have at least 2 characters' },
    ],
    ['an emoji is one character', text({ maxLength: 1 }), '😀', { value: '😀' }],
    ['too long', text({ maxLength: 1 }), 'ab', { problem: 'must have at most 1 character' }],
    ['a number', number(), ' 1.5e2 ', { value: 150 }],
    ['a hexadecimal number', number(), '0x10', { problem: 'must be a number' }],
    ['infinity', number(), '1e999', { problem: 'must be a number' }],
    ['a part of one', number({ integer: true }), '1.5', { problem: 'must be a whole number' }],
    ['too many digits', number(), '9007199254740993', { problem: 'has too many digits' }],
    ['too small', number({ minimum: 0 }), '-1', { problem: 'must be at least 0' }],
    ['too large', number({ maximum: 3 }), '4', { problem: 'must be at most 3' }],
    ['yes', { ...base, kind: 'boolean' }, 'Yes', { value: true }],
    ['off', { ...base, kind: 'boolean' }, 'off', { value: false }],
    ['neither', { ...base, kind: 'boolean' }, 'maybe', { problem: 'must be yes or no' }],
    ['by value', choice, 'r', { value: 'r' }],
    ['by title', choice, 'Red', { value: 'r' }],
    ['in another case', choice, 'RED', { value: 'r' }],
    ['a value before a number', choice, '1', { value: '1' }],
    ['by number', choice, '2', { value: 'g' }],
    ['no such number', choice, '4', { problem: 'must be one of the choices' }],
    ['several', choices(), 'r, 2,', { value: ['r', 'g'] }],
    ['a title with a comma', choices(), 'Green, dark', { value: ['g'] }],
    ['one twice', choices(), 'r,Red', { value: ['r'] }],
    ['an unknown one', choices(), 'r,x', { problem: 'must be of the choices' }],
    ['too few', choices({ minItems: 2 }), 'r', { problem: 'must have at least 2 choices' }],
    ['too many', choices({ maxItems: 1 }), 'r,g', { problem: 'must have at most 1 choice' }],
  ])('%s', (_, field, typed, expected) => {
    expect(parseField(field, typed)).toEqual(expected);
  });

  test('what is taken may be sent, whatever was typed', () => {
    const fields = [
      text({ minLength: 2, maxLength: 5 }),
      text({ format: 'uri' }),
      number({ integer: true, minimum: -5 }),
      choice,
      choices({ maxItems: 2 }),
    ];
    fc.assert(
      fc.property(fc.constantFrom(...fields), fc.string({ unit: 'binary' }), (field, typed) => {
        const parsed = parseField(field, typed);
        if (!('value' in parsed)) return;
        expect(checkContent([field], { f: parsed.value })).toEqual([]);
      }),
    );
  });

  test('a value that is shown and typed again is the same one', () => {
    const anyNumber = fc.integer({ min: -1e9, max: 1e9 });
    fc.assert(
      fc.property(anyNumber, fc.subarray(['r', 'g', '1']), fc.boolean(), (n, some, yes) => {
        const again = (field: FormField, value: JsonValue) =>
          expect(parseField(field, showValue(field, value))).toEqual({ value });
        again(number(), n);
        again({ ...base, kind: 'boolean' }, yes);
        for (const one of some) again(choice, one);
      }),
    );
  });
});

describe('formats', () => {
  test.each<[TextFormat, string[], string[]]>([
    [
      'email',
      ['a@b.example', 'a.b+c@x-y.example'],
      ['@b', 'a@', 'a b@c.de', 'a..b@c.de', 'a@-b.de', `${'a'.repeat(65)}@b.de`, 'a@b\n'],
    ],
    [
      'uri',
      ['https://example.com/a?b#c', 'urn:isbn:1', 'mailto:a@b.de'],
      ['example.com', '/a', 'https://exa mple.com', 'https://', 'https://ü.example'],
    ],
    ['date', ['2024-02-29', '0001-01-01'], ['2023-02-29', '2024-13-01', '2024-1-1', '20240101']],
    [
      'date-time',
      ['2024-02-29T23:59:60Z', '2024-01-01t00:00:00.5+02:00'],
      ['2024-01-01T00:00:00', '2024-01-01T24:00:00Z', '2024-02-30T00:00:00Z', '2024-01-01'],
    ],
  ])('%s', (format, right, wrong) => {
    for (const one of right) expect(hasFormat(one, format), one).toBe(true);
    for (const one of wrong) expect(hasFormat(one, format), one).toBe(false);
  });

  test('a long text is judged at once', () => {
    const long = `${'a-'.repeat(500_000)}@`;
    const started = Date.now();
    for (const format of ['email', 'uri', 'date', 'date-time'] as const) hasFormat(long, format);
    for (const kind of ['9'.repeat(1_000_000), long, ','.repeat(1_000_000)]) {
      for (const field of [number(), choice, choices()]) parseField(field, kind);
    }
    expect(Date.now() - started).toBeLessThan(5000);
  });
});

describe('content', () => {
  const fields = [
    text({ name: 'name', required: true, default: 'Ada' }),
    number({ name: 'age', integer: true }),
    choices({ name: 'colours', default: ['r'] }),
  ];

  test('defaults are those that are declared', () => {
    expect(defaultsOf(fields)).toEqual({ name: 'Ada', colours: ['r'] });
  });

  test('every problem is told', () => {
    expect(checkContent(fields, { age: '3', colours: ['x'], more: 1 })).toEqual([
      { name: 'name', problem: 'is required' },
      { name: 'age', problem: 'must be a whole number' },
      { name: 'colours', problem: 'must be of the choices' },
      { name: 'more', problem: 'is no field of this form' },
    ]);
  });

  test('what every object has is no content', () => {
    const field = text({ name: 'toString', required: true });
    expect(checkContent([field], {})).toEqual([{ name: 'toString', problem: 'is required' }]);
  });

  test('titles are shown', () => {
    expect(showValue(choices(), ['r', 'g'])).toBe('Red, Green, dark');
    expect(showValue({ ...base, kind: 'boolean' }, false)).toBe('no');
    expect(showValue(number(), 3)).toBe('3');
  });
});
