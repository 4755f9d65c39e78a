import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toArguments } from '../../../../src/app/workbench/arguments.js';
import { checkArguments } from '../../../../src/app/workbench/check-arguments.js';
import { exampleWords } from '../../../../src/app/workbench/example.js';
import { typeWords } from '../../../../src/app/workbench/schema-words.js';
import { propertiesOf } from '../../../../src/app/workbench/schema.js';
import { suggestion } from '../../../../src/app/workbench/suggest.js';
import { toTyped } from '../../../../src/app/workbench/typed.js';
import { parseWord } from '../../../../src/app/workbench/words.js';
import { propertyLines } from '../../../../src/cli/look/card.js';
import type { JsonSchema, JsonValue } from '../../../../src/core/json.js';

/** The arguments of these words for a tool with these properties. */
function read(words: readonly string[], properties: Record<string, unknown>, more = {}) {
  const schema: JsonSchema = { type: 'object', properties, ...more };
  return toArguments({ base: {}, words: words.map(parseWord) }, schema);
}

describe('a word', () => {
  it.each([
    ['a=b', { key: 'a', kind: 'text', text: 'b', fromFile: false }],
    ['a=', { key: 'a', kind: 'text', text: '', fromFile: false }],
    ['a=b=c', { key: 'a', kind: 'text', text: 'b=c', fromFile: false }],
    ['a:=1', { key: 'a', kind: 'json', text: '1', fromFile: false }],
    ['a:b=1', { key: 'a:b', kind: 'text', text: '1', fromFile: false }],
    ['a=:=b', { key: 'a', kind: 'text', text: ':=b', fromFile: false }],
    ['a=@f', { key: 'a', kind: 'text', text: 'f', fromFile: true }],
    ['a:=@f', { key: 'a', kind: 'json', text: 'f', fromFile: true }],
    ['a=@@f', { key: 'a', kind: 'text', text: '@f', fromFile: false }],
    ['a.b[c]=1', { key: 'a.b[c]', kind: 'text', text: '1', fromFile: false }],
  ])('%s', (word, expected) => expect(parseWord(word)).toEqual(expected));

  it.each(['a', '', '=a', ':=a', 'a=@', '--a'])('%j is none', (word) => {
    expect(() => parseWord(word)).toThrow(/argument|file/);
  });
});

describe('a text by its schema', () => {
  it.each<[text: string, schema: unknown, value: JsonValue]>([
    ['5', { type: 'string' }, '5'],
    ['5', { type: 'integer' }, 5],
    ['5', {}, '5'],
    ['5', true, '5'],
    ['-1.5e2', { type: 'number' }, -150],
    ['0x10', { type: 'integer' }, '0x10'],
    ['1.5', { type: 'integer' }, '1.5'],
    ['9007199254740993', { type: 'integer' }, '9007199254740993'],
    ['true', { type: 'boolean' }, true],
    ['yes', { type: 'boolean' }, 'yes'],
    ['null', { type: 'null' }, null],
    ['null', { type: ['string', 'null'] }, 'null'],
    ['null', { type: ['integer', 'null'] }, null],
    ['7', { type: ['integer', 'null'] }, 7],
    ['5', { anyOf: [{ type: 'string' }, { type: 'integer' }] }, '5'],
    ['5', { oneOf: [{ type: 'integer' }, { type: 'boolean' }] }, 5],
    ['true', { oneOf: [{ type: 'integer' }, { type: 'boolean' }] }, true],
    ['2', { enum: [1, 2, 'a'] }, 2],
    ['a', { enum: [1, 2, 'a'] }, 'a'],
    ['1', { enum: ['1', 1] }, '1'],
    ['x', { enum: [1, 2] }, 'x'],
    ['3', { const: 3 }, 3],
    ['a', { type: 'array', items: { type: 'string' } }, ['a']],
    ['1', { type: 'array', items: { type: 'integer' } }, [1]],
    ['[1,"a"]', { type: 'array' }, [1, 'a']],
    ['[broken', { type: 'array' }, '[broken'],
    ['[1]', { type: 'string' }, '[1]'],
    ['{"a":1}', { type: 'object' }, { a: 1 }],
    ['{"a":1}', { properties: { a: {} } }, { a: 1 }],
    ['a', { type: 'object' }, 'a'],
    ['4', { $ref: '#/$defs/n' }, 4],
    ['4', { allOf: [{ $ref: '#/$defs/n' }], description: 'n' }, 4],
    ['4', { $ref: '#/$defs/loop' }, '4'],
    ['4', { $ref: 'https://elsewhere.example/' }, '4'],
  ])('%s as %j', (text, schema, value) => {
    const root = { $defs: { n: { type: 'integer' }, loop: { $ref: '#/$defs/loop' } } };
    expect(toTyped(text, schema, root)).toEqual(value);
  });

  it('stays what it is where a string is allowed', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(toTyped(text, { type: 'string' }, {})).toBe(text);
        expect(toTyped(text, { type: ['string', 'integer', 'null', 'array'] }, {})).toBe(text);
      }),
    );
  });

  it('is the number that was written', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (number) => {
        expect(toTyped(String(number), { type: 'integer' }, {})).toBe(number);
      }),
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), (text, schema) => {
        toTyped(text, schema, { $defs: schema });
        typeWords(schema, {});
      }),
    );
  });
});

describe('arguments', () => {
  it('of one name make a list', () => {
    const tags = { type: 'array', items: { type: 'integer' } };
    expect(read(['tags=1', 'tags=2'], { tags })).toEqual({ tags: [1, 2] });
    expect(read(['tags:=1', 'tags=2'], { tags })).toEqual({ tags: [1, 2] });
    expect(read(['x=1', 'x=2'], {})).toEqual({ x: ['1', '2'] });
    const either = { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] };
    expect(read(['e=a'], { e: either })).toEqual({ e: 'a' });
    expect(read(['e=a', 'e=b'], { e: either })).toEqual({ e: ['a', 'b'] });
    expect(() => read(['n=1', 'n=2'], { n: { type: 'integer' } })).toThrow('given 2 times');
  });

  it('take any JSON behind :=', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const json = JSON.stringify(value);
        expect(read([`k:=${json}`], {})).toEqual({ k: JSON.parse(json) });
      }),
    );
  });

  it('may have any name, and change no prototype', () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
    const words = names.map((name) => `${name}:={"polluted":1}`);
    const args = read(words, {});
    expect(Object.keys(args)).toEqual(names);
    expect(Object.getPrototypeOf(args)).toBe(Object.prototype);
    expect(Object.hasOwn({}, 'polluted') || 'polluted' in {}).toBe(false);
  });

  it('refuse a number that would be sent as another one', () => {
    expect(() => read(['a:=12345678901234567890'], {})).toThrow('too large to be sent exactly');
    expect(() => read([`a:=${'9'.repeat(400)}`], {})).toThrow('too large to be sent exactly');
    expect(read(['a:=9007199254740991'], {})).toEqual({ a: 9_007_199_254_740_991 });
  });

  it('nested without end are refused', () => {
    expect(() => read([`a:=${'['.repeat(500)}${']'.repeat(500)}`], {})).toThrow('too deeply');
  });
});

const CLOSED = { additionalProperties: false };

describe('what is wrong with arguments', () => {
  const problems = async (args: Record<string, JsonValue>, properties: object, more = {}) =>
    (await checkArguments(args, { type: 'object', properties, ...more })).problems;
  const number = { type: 'integer', minimum: 1, description: 'How many\nand more' };

  it('is nothing when they fit', async () => {
    expect(await problems({ n: 1 }, { n: number }, { required: ['n'], ...CLOSED })).toEqual([]);
  });

  it('names what is missing, with what is wanted', async () => {
    expect(await problems({}, { n: number }, { required: ['n'] })).toEqual([
      'n is missing (integer, at least 1: How many)',
    ]);
  });

  it('names what does not fit, with what was given', async () => {
    expect(await problems({ n: 0 }, { n: number })).toEqual(['n must be >= 1 (got 0)']);
    expect(await problems({ n: 'x' }, { n: number })).toEqual(['n must be integer (got "x")']);
    expect(await problems({ e: 'x' }, { e: { enum: ['a', 'b'] } })).toEqual([
      'e must be one of ["a","b"] (got "x")',
    ]);
    const either = { anyOf: [{ type: 'integer' }, { type: 'null' }] };
    expect(await problems({ m: 'x' }, { m: either })).toEqual([
      'm must be integer | null (got "x")',
    ]);
    const point = { type: 'object', properties: { x: { type: 'number' } }, required: ['x'] };
    expect(await problems({ p: {} }, { p: point })).toEqual([
      "p must have required property 'x' (got {})",
    ]);
  });

  it('names what is unknown, and what was meant', async () => {
    const free = { number1: {}, number2: {} };
    expect(await problems({ numbr1: 1, number2: 1 }, free)).toEqual([
      'numbr1 is unknown; did you mean "number1"?',
    ]);
    expect(await problems({ zebra: 1 }, free, CLOSED)).toEqual(['zebra is unknown']);
    expect(await problems({ zebra: 1 }, free, { additionalProperties: true })).toEqual([]);
    expect(await problems({ zebra: 1 }, free, { patternProperties: { '^z': {} } })).toEqual([]);
    expect(await problems({ zebra: 1 }, {})).toEqual([]);
    expect(await checkArguments({ zebra: 1 }, { properties: free })).toMatchObject({
      problems: [],
      warnings: ['zebra is no argument that the tool declares'],
    });
  });

  it('is found without a regular expression of the server', async () => {
    const evil = { s: { type: 'string', pattern: '^(a+)+$' } };
    const args = { s: `${'a'.repeat(40)}!` };
    expect(await problems(args, evil)).toEqual([]);
  });
});

describe('an example', () => {
  const schemas = fc.letrec((tie) => ({
    any: fc.oneof({ maxDepth: 3 }, tie('leaf'), tie('list'), tie('object')),
    leaf: fc.constantFrom(
      { type: 'string' },
      { type: 'string', format: 'date-time' },
      { type: 'integer', minimum: 5, maximum: 9 },
      { type: 'number' },
      { type: 'boolean' },
      { enum: ['a', 2, null] },
      { enum: ['@a'] },
      { anyOf: [{ type: 'integer' }, { type: 'null' }] },
      { type: 'integer', default: 3 },
    ),
    list: fc.record({ type: fc.constant('array'), items: tie('any') }),
    object: fc.record({
      type: fc.constant('object'),
      properties: fc.dictionary(fc.constantFrom('x', 'y', 'z'), tie('any')),
      required: fc.constant([]),
    }),
  }));

  it('is one that the tool takes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), schemas.any),
        async (properties) => {
          const schema = {
            type: 'object',
            properties,
            required: Object.keys(properties),
            ...CLOSED,
          };
          const words = exampleWords(schema).map(parseWord);
          const { problems } = await checkArguments(
            toArguments({ base: {}, words }, schema),
            schema,
          );
          expect(problems).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('a schema of itself', () => {
  const many = (schema: object) => Array.from({ length: 40 }, () => schema);
  const self = { $ref: '#/$defs/a' };
  const object = Object.fromEntries(many(self).map((one, at) => [`p${at}`, one]));
  it.each<[string, JsonSchema]>([
    ['alternatives', { anyOf: many(self) }],
    ['a list of lists', { type: 'array', items: self }],
    ['lists of alternatives', { type: 'array', items: { oneOf: many(self) } }],
    ['all of them', { allOf: many(self), anyOf: many(self) }],
    ['an object', { type: 'object', properties: object, required: Object.keys(object) }],
  ])('ends: %s', (_, a) => {
    const root = { type: 'object', properties: { p: self }, required: ['p'], $defs: { a } };
    const startedAt = Date.now();
    toTyped('x', self, root);
    toTyped('[1]', self, root);
    typeWords(self, root);
    exampleWords(root);
    propertiesOf(self, root);
    propertyLines(root, root);
    expect(Date.now() - startedAt).toBeLessThan(5000);
  });
});

describe('what was meant', () => {
  const known = ['add_numbers', 'say_hello', 'get-user', 'get-users'];
  it.each([
    ['add_number', 'add_numbers'],
    ['add-numbers', 'add_numbers'],
    ['addnumbers', 'add_numbers'],
    ['numbers', 'add_numbers'],
    ['hello', 'say_hello'],
    ['get', undefined],
    ['xy', undefined],
    ['', undefined],
  ])('by %j is %j', (name, meant) => expect(suggestion(name, known)).toBe(meant));
});
