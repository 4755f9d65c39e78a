import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coerceArguments } from '../../../src/agent/coerce.js';
import type { JsonObject, JsonValue } from '../../../src/core/json.js';

const object = (properties: Record<string, unknown>, required: string[] = []) => ({
  type: 'object',
  properties,
  required,
});

/** A value for the one property `x`, required unless said otherwise. */
function coerceX(value: JsonValue, schema: unknown, required = ['x']): JsonObject {
  return coerceArguments({ x: value }, object({ x: schema }, required));
}

describe('what is meant for certain is made so', () => {
  it.each<[JsonValue, unknown, JsonValue]>([
    ['5', { type: 'integer' }, 5],
    [' 5 ', { type: 'integer' }, 5],
    ['5.0', { type: 'integer' }, 5],
    ['-2.5', { type: 'number' }, -2.5],
    ['1e3', { type: 'number' }, 1000],
    ['.5', { type: 'number' }, 0.5],
    ['true', { type: 'boolean' }, true],
    ['False', { type: 'boolean' }, false],
    [5, { type: 'string' }, '5'],
    [true, { type: 'string' }, 'true'],
    ['null', { type: ['number', 'null'] }, null],
    ['5', { type: ['null', 'integer'] }, 5],
    ['{"a":"1"}', object({ a: { type: 'integer' } }), { a: 1 }],
    ['["1", 2]', { type: 'array', items: { type: 'integer' } }, [1, 2]],
    ['5', { type: 'array', items: { type: 'integer' } }, [5]],
    ['one', { type: 'array', items: { type: 'string' } }, ['one']],
    [{ a: '1' }, { type: 'array', items: object({ a: { type: 'integer' } }) }, [{ a: 1 }]],
    [['1', 'x'], { type: 'array', items: { type: 'integer' } }, [1, 'x']],
    [
      ['1', '2'],
      { type: 'array', prefixItems: [{ type: 'string' }], items: { type: 'number' } },
      ['1', 2],
    ],
    ['5', { anyOf: [{ type: 'integer' }, { type: 'null' }] }, 5],
    ['true', { oneOf: [{ type: 'integer' }, { type: 'boolean' }] }, true],
    [{ n: '1' }, { anyOf: [object({ n: { type: 'integer' } }), { type: 'null' }] }, { n: 1 }],
    [
      { n: '1' },
      { ...object({ n: { type: 'integer' } }), anyOf: [{ required: ['n'] }, { required: ['m'] }] },
      { n: 1 },
    ],
  ])('%j by %j is %j', (value, schema, expected) => {
    expect(coerceX(value, schema)).toEqual({ x: expected });
  });

  it.each<[JsonValue, unknown]>([
    [null, { type: 'string' }],
    ['', { type: 'integer' }],
    ['', { type: 'array', items: { type: 'string' } }],
    ['null', { type: 'object' }],
    ['', { anyOf: [{ type: 'integer' }, { type: 'boolean' }] }],
  ])('%j for an optional %j is left out', (value, schema) => {
    expect(coerceX(value, schema, [])).toEqual({});
    expect(coerceX(value, schema)).toEqual({ x: value });
  });

  it('by local references, also of the whole schema', () => {
    const schema = {
      $ref: '#/$defs/args',
      $defs: {
        args: object({ n: { $ref: '#/$defs/a~1b%25' }, self: { $ref: '#' } }),
        'a/b%': { type: 'integer' },
      },
    };
    expect(coerceArguments({ n: '1', self: { n: '2', self: { n: '3' } } }, schema)).toEqual({
      n: 1,
      self: { n: 2, self: { n: 3 } },
    });
  });
});

describe('what is doubtful stays', () => {
  it.each<[JsonValue, unknown]>([
    ['five', { type: 'integer' }],
    ['5.5', { type: 'integer' }],
    ['5 apples', { type: 'number' }],
    ['0x10', { type: 'number' }],
    ['1e999', { type: 'number' }],
    ['NaN', { type: 'number' }],
    ['Infinity', { type: 'number' }],
    ['', { type: 'number' }],
    ['12345678901234567890', { type: 'integer' }],
    [1, { type: 'boolean' }],
    ['yes', { type: 'boolean' }],
    [{ a: 1 }, { type: 'string' }],
    ['[1, 2', { type: 'array' }],
    ['{"a":', { type: 'object' }],
    ['[]', { type: 'object' }],
    ['x', true],
    ['x', false],
    ['x', 'no schema'],
    ['5', { type: 'unheard-of' }],
    ['5', { type: 5 }],
    ['5', { $ref: 'https://evil.example/schema' }],
    ['5', { $ref: '#/nowhere' }],
    ['5', { $ref: '#/properties/x' }],
    ['5', { anyOf: 'nothing' }],
    ['5', { anyOf: [] }],
    ['5', { anyOf: [{ type: 'integer' }, {}] }],
    [
      { n: '1' },
      { anyOf: [object({ n: { type: 'integer' } }), object({ n: { type: 'string' } })] },
    ],
  ])('%j by %j', (value, schema) => {
    expect(coerceX(value, schema)).toEqual({ x: value });
  });

  it('and what the schema does not know', () => {
    const args = { y: '5', __other: null };
    expect(coerceArguments(args, object({ x: { type: 'integer' } }))).toEqual(args);
    expect(coerceArguments(args, {})).toEqual(args);
    expect(coerceArguments(args, { properties: [] })).toEqual(args);
    expect(
      coerceArguments({ x: '5' }, { properties: { x: { type: 'integer' } }, required: 'x' }),
    ).toEqual({ x: 5 });
  });
});

describe('names of the prototype', () => {
  it('are names like others', () => {
    const args = JSON.parse('{"__proto__":{"polluted":"1"},"constructor":"2","toString":"3"}');
    const schema = JSON.parse(
      '{"properties":{"__proto__":{"properties":{"polluted":{"type":"integer"}}},"constructor":{"type":"integer"}}}',
    );
    const out = coerceArguments(args, schema);
    expect(Object.getPrototypeOf(out)).toBe(Object.prototype);
    expect(JSON.stringify(out)).toBe('{"__proto__":{"polluted":1},"constructor":2,"toString":"3"}');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('do not reach inherited things by a reference', () => {
    expect(coerceX('5', { $ref: '#/__proto__/constructor' })).toEqual({ x: '5' });
  });
});

describe('a schema made to hurt', () => {
  const bomb = (levels: number) => {
    const $defs: Record<string, unknown> = {};
    for (let at = 0; at < levels; at += 1) {
      $defs[`a${at}`] = { anyOf: [{ $ref: `#/$defs/a${at + 1}` }, { $ref: `#/$defs/a${at + 1}` }] };
    }
    return { $defs, properties: { x: { $ref: '#/$defs/a0' } } };
  };
  const deep = (levels: number) => {
    let schema: Record<string, unknown> = { type: 'integer' };
    let value: JsonValue = '1';
    for (let at = 0; at < levels; at += 1) {
      schema = { type: 'object', properties: { x: schema } };
      value = { x: value };
    }
    return { schema, value };
  };

  it.each<[string, Record<string, unknown>]>([
    [
      'every type of itself',
      { properties: { x: { type: 'array', anyOf: [{ $ref: '#' }, { $ref: '#' }] } } },
    ],
    [
      'alternatives of itself',
      {
        type: 'number',
        anyOf: [{ $ref: '#' }, { $ref: '#', type: 'number' }],
        properties: { x: { $ref: '#' } },
      },
    ],
    [
      'typed alternatives of themselves',
      {
        $defs: {
          t: { anyOf: [{ type: 'number', anyOf: [{ $ref: '#/$defs/t' }] }, { $ref: '#/$defs/u' }] },
          u: { type: 'boolean', anyOf: [{ type: 'number', $ref: '#/$defs/t' }, { type: 'null' }] },
        },
        properties: { x: { $ref: '#/$defs/t' } },
      },
    ],
    ['doubling references', bomb(60)],
    [
      'a circle of references',
      {
        $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } },
        properties: { x: { $ref: '#/$defs/a' } },
      },
    ],
    ['5000 levels', deep(5000).schema],
    [
      '20,000 properties',
      {
        properties: Object.fromEntries(
          Array.from({ length: 20_000 }, (_, at) => [`p${at}`, { type: 'integer' }]),
        ),
      },
    ],
  ])('by %s returns quickly', (_, schema) => {
    const before = performance.now();
    for (const value of ['word', '5', ['word'], { x: 'word' }])
      coerceArguments({ x: value }, schema);
    expect(performance.now() - before).toBeLessThan(5000);
  });

  it('and arguments 5000 deep return quickly', () => {
    const { schema, value } = deep(5000);
    expect(() => coerceArguments(value as JsonObject, schema)).not.toThrow();
    expect(() =>
      coerceArguments(value as JsonObject, { properties: { x: { $ref: '#' } } }),
    ).not.toThrow();
  });
});

const scalar = fc.oneof(
  fc.constantFrom('5', 'true', '', 'null', '[1]', '{"a":"1"}', 'word', ' 7'),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const key = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor');
const { value: anyValue } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc
      .array(fc.tuple(key, tie('value')), { maxLength: 3 })
      .map((pairs) => Object.fromEntries(pairs)),
  ),
}));
const anyArgs = fc.dictionary(key, anyValue, { maxKeys: 4, noNullPrototype: true });
/** Without `__proto__`, which Ajv takes for no property. */
const schemaKey = fc.constantFrom('a', 'b', 'c', 'constructor');
const typeName = fc.constantFrom(
  'string',
  'number',
  'integer',
  'boolean',
  'null',
  'array',
  'object',
);
/** Schemas at most `depth` deep; each keyword is there now and then. */
const schemaOf = fc.memo((depth): fc.Arbitrary<Record<string, unknown>> => {
  const leaf = {
    type: fc.oneof(typeName, fc.uniqueArray(typeName, { minLength: 1, maxLength: 3 })),
    required: fc.uniqueArray(key, { maxLength: 2 }),
    enum: fc.array(scalar, { minLength: 1, maxLength: 3 }),
    $ref: fc.constantFrom('#/$defs/one', '#/$defs/two'),
  };
  if (depth <= 1) return sometimes(leaf);
  const inner = schemaOf(depth - 1);
  return sometimes({
    ...leaf,
    properties: fc.dictionary(schemaKey, inner, { maxKeys: 3, noNullPrototype: true }),
    items: inner,
    prefixItems: fc.array(inner, { minLength: 1, maxLength: 2 }),
    anyOf: fc.array(inner, { minLength: 1, maxLength: 3 }),
    oneOf: fc.array(inner, { minLength: 1, maxLength: 2 }),
    allOf: fc.array(inner, { minLength: 1, maxLength: 2 }),
    not: inner,
    additionalProperties: fc.oneof(fc.boolean(), inner),
  });
});
/** Each keyword in one schema of four; `type`, which matters most, in three of four. */
function sometimes(keywords: Record<string, fc.Arbitrary<unknown>>) {
  const present = Object.entries(keywords).map(([name, value]) => {
    const [absent, there] = name === 'type' ? [1, 3] : [3, 1];
    return fc.oneof(
      { weight: absent, arbitrary: fc.constant([]) },
      { weight: there, arbitrary: value.map((made): [string, unknown][] => [[name, made]]) },
    );
  });
  return fc
    .tuple(...present)
    .map((entries): Record<string, unknown> => Object.fromEntries(entries.flat()));
}
const anySchema = schemaOf(2);
const rootSchema = fc
  .tuple(anySchema, anySchema, anySchema)
  .map(([root, one, two]): Record<string, unknown> => {
    const { $ref: _, ...own } = root;
    const { $ref: __, ...first } = one;
    return { ...own, type: 'object', $defs: { one: first, two } };
  });

describe('for every schema and every value', () => {
  it('it never throws and never pollutes', () => {
    fc.assert(
      fc.property(anyArgs, fc.oneof(rootSchema, fc.object()), (args, schema) => {
        const before = JSON.stringify(args);
        const out = coerceArguments(args, schema);
        expect(Object.getPrototypeOf(out)).toBe(Object.prototype);
        expect(JSON.stringify(args)).toBe(before);
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it('what fits already is not changed', () => {
    const ajv = new Ajv2020({ strict: false, logger: false, validateSchema: false, meta: false });
    let valid = 0;
    fc.assert(
      fc.property(anyArgs, rootSchema, (args, schema) => {
        let fits: unknown;
        try {
          fits = ajv.compile(schema)(args);
        } catch {
          return;
        }
        if (fits !== true) return;
        valid += 1;
        expect(coerceArguments(args, schema)).toEqual(args);
      }),
      { numRuns: 300 },
    );
    expect(valid).toBeGreaterThan(30);
  });

  it('a second time changes nothing more', () => {
    fc.assert(
      fc.property(anyArgs, rootSchema, (args, schema) => {
        const once = coerceArguments(args, schema);
        expect(coerceArguments(once, schema)).toEqual(once);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a required field that may be null', () => {
  const schema = {
    type: 'object',
    properties: {
      a: { type: ['string', 'null'] },
      b: { anyOf: [{ type: 'integer' }, { type: 'null' }] },
      c: { type: 'string' },
    },
    required: ['a', 'b', 'c'],
  };

  it('is null when the model leaves it out, and stays what it is otherwise', () => {
    expect(coerceArguments({ c: 'x' }, schema)).toEqual({ a: null, b: null, c: 'x' });
    expect(coerceArguments({ a: '', b: 1 }, schema)).toEqual({ a: '', b: 1 });
  });
});
