import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonSchema } from '../../../src/core/json.js';
import { toOllamaTool } from '../../../src/model/tool-schema.js';
import { parseTool } from '../../fakes/ollama/validate.js';

const fit = (parameters: unknown) =>
  toOllamaTool({ name: 't', description: 'd', parameters: parameters as JsonSchema }).function
    .parameters;
const fitProperty = (property: unknown, root: object = {}) =>
  fit({ type: 'object', ...root, properties: { p: property } }).properties['p'];

describe('what Ollama drops is kept', () => {
  it('inlines a local reference, siblings first', () => {
    const property = fitProperty(
      { $ref: '#/$defs/Unit', description: 'which' },
      { $defs: { Unit: { type: 'string', enum: ['c', 'f'], description: 'a unit' } } },
    );
    expect(property).toEqual({ type: 'string', enum: ['c', 'f'], description: 'which' });
  });

  it('follows pointers with escapes and percent signs, and `definitions`', () => {
    const root = { definitions: { 'a/b ~c': { type: 'boolean' } } };
    expect(fitProperty({ $ref: '#/definitions/a~1b%20~0c' }, root)).toEqual({ type: 'boolean' });
  });

  it('ends a cycle with an object', () => {
    const node = {
      type: 'object',
      properties: { name: { type: 'string' }, next: { $ref: '#/$defs/Node' } },
    };
    expect(fitProperty({ $ref: '#/$defs/Node' }, { $defs: { Node: node } })).toEqual({
      type: 'object',
      properties: { name: { type: 'string' }, next: { type: 'object' } },
    });
    expect(fit({ $ref: '#' })).toEqual({ type: 'object', properties: {} });
  });

  it('takes a remote or missing reference for any object', () => {
    expect(fitProperty({ $ref: 'https://evil.example/schema.json' })).toEqual({ type: 'object' });
    expect(fitProperty({ $ref: '#/$defs/nope' })).toEqual({ type: 'object' });
    expect(fitProperty({ $ref: '#/__proto__/toString' })).toEqual({ type: 'object' });
  });

  it('merges allOf, properties and requirements', () => {
    const property = fitProperty({
      allOf: [
        { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
        { properties: { b: { type: 'integer' } }, required: ['b'] },
      ],
    });
    expect(property).toEqual({
      type: 'object',
      properties: { a: { type: 'string' }, b: { type: 'integer' } },
      required: ['a', 'b'],
    });
  });

  it('writes what is dropped into the description', () => {
    const property = fitProperty({
      type: 'integer',
      description: 'How many',
      default: 5,
      minimum: 1,
      maximum: 10,
      examples: [3, 4],
    });
    expect(property).toEqual({
      type: 'integer',
      description: 'How many (default 5; at least 1; at most 10; e.g. 3, 4)',
    });
    expect(fitProperty({ type: 'string', format: 'date-time', pattern: '^\\d+$' })).toEqual({
      type: 'string',
      description: '(format date-time; pattern ^\\d+$)',
    });
  });
});

describe('unions and null', () => {
  it('makes a nullable property optional, however null is written', () => {
    const nullable = [
      { anyOf: [{ type: 'string' }, { type: 'null' }] },
      { oneOf: [{ type: 'null' }, { type: 'string' }] },
      { type: ['string', 'null'] },
      { type: 'string', nullable: true },
    ];
    for (const p of nullable) {
      expect(fit({ type: 'object', properties: { p }, required: ['p'] })).toEqual({
        type: 'object',
        properties: { p: { type: 'string' } },
      });
    }
  });

  it('turns oneOf into anyOf, and a union of constants into an enum', () => {
    expect(
      fitProperty({ oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] }),
    ).toEqual({
      anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
    });
    expect(fitProperty({ oneOf: [{ const: 'asc' }, { const: 'desc' }] })).toEqual({
      type: 'string',
      enum: ['asc', 'desc'],
    });
  });

  it('takes the first of several types and tells the others', () => {
    expect(fitProperty({ type: ['integer', 'string', 'null'] })).toEqual({
      type: 'integer',
      description: '(or string)',
    });
  });

  it('offers all branches at the top, and requires what all require', () => {
    const parameters = fit({
      anyOf: [
        {
          properties: { id: { type: 'integer' }, kind: { type: 'string' } },
          required: ['id', 'kind'],
        },
        {
          properties: { name: { type: 'string' }, kind: { type: 'string' } },
          required: ['name', 'kind'],
        },
      ],
    });
    expect(parameters).toEqual({
      type: 'object',
      properties: { id: { type: 'integer' }, kind: { type: 'string' }, name: { type: 'string' } },
      required: ['kind'],
    });
  });
});

describe('what Ollama refuses is rewritten', () => {
  it.each([
    ['nothing', {}],
    ['a type array', { type: ['object', 'null'] }],
    ["PHP's empty list", { type: 'object', properties: [] }],
    ['required that is no list', { type: 'object', properties: {}, required: true }],
    ['a boolean for a schema', true],
    ['null', null],
  ])('%s', (_, schema) => {
    expect(fit(schema)).toEqual({ type: 'object', properties: {} });
  });

  it.each([
    ['true', true, { type: 'string' }],
    ['text', 'string', { type: 'string' }],
    ['an enum that is no list', { type: 'string', enum: 'a' }, { type: 'string' }],
    ['a description that is no text', { type: 'string', description: 5 }, { type: 'string' }],
    ['a made-up type', { type: 'date' }, { type: 'string' }],
    ['a tuple', { items: [{ type: 'number' }] }, { type: 'array', items: { type: 'number' } }],
  ])('a property that is %s', (_, property, expected) => {
    expect(fitProperty(property)).toEqual(expected);
    expect(() =>
      parseTool(
        toOllamaTool({ name: 't', description: '', parameters: { properties: { p: property } } }),
      ),
    ).not.toThrow();
  });
});

describe('bounds', () => {
  it('keeps the order of properties and takes odd names for names', () => {
    const properties = JSON.parse(
      '{"z":{},"__proto__":{"type":"integer"},"a":{},"constructor":{}}',
    ) as object;
    const made = fit({ type: 'object', properties, required: ['__proto__'] });
    expect(Object.keys(made.properties)).toEqual(['z', '__proto__', 'a', 'constructor']);
    expect(made.required).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(made.properties)).toBe(Object.prototype);
  });

  it('removes invisible characters from every text', () => {
    const hidden = 'a\u{e0041}b';
    const made = toOllamaTool({
      name: 't',
      description: hidden,
      parameters: {
        properties: { [hidden]: { description: hidden, enum: [hidden], default: hidden } },
      },
    });
    expect(JSON.stringify(made)).not.toContain('\u{e0041}');
    expect(made.function.description).toBe('ab');
  });

  it('flattens a deep schema until it fits, the parameters of the tool last', () => {
    const deep = (levels: number): object =>
      levels === 0
        ? { type: 'string', description: 'x'.repeat(500) }
        : { type: 'object', properties: { a: deep(levels - 1), b: deep(levels - 1) } };
    const made = fit({ type: 'object', properties: { top: deep(9), other: { type: 'integer' } } });
    expect(JSON.stringify(made).length).toBeLessThan(40_000);
    expect(made.properties['other']).toEqual({ type: 'integer' });
    expect(made.properties['top']?.properties).toBeDefined();
  });

  it('tells how many parameters had no room', () => {
    const properties = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, at) => [`property_number_${at}`, { type: 'string' }]),
    );
    const { description, parameters } = toOllamaTool({
      name: 't',
      description: 'd',
      parameters: { type: 'object', properties },
    }).function;
    const shown = Object.keys(parameters.properties).length;
    expect(shown).toBeGreaterThan(100);
    expect(JSON.stringify(parameters).length).toBeLessThan(40_000);
    expect(description).toBe(`d (${20_000 - shown} more parameters are not shown.)`);
  });

  it('survives schemas built to explode', () => {
    const bomb = { $defs: {} as Record<string, object>, $ref: '#/$defs/d0' };
    for (let at = 0; at < 30; at += 1) {
      const next = { $ref: `#/$defs/d${at + 1}` };
      bomb.$defs[`d${at}`] = {
        allOf: [next, next],
        anyOf: [next, next],
        properties: { a: next, b: next },
      };
    }
    const started = performance.now();
    expect(fit(bomb).type).toBe('object');
    let nested: object = { type: 'string' };
    for (let at = 0; at < 5000; at += 1) nested = { allOf: [nested], default: nested };
    expect(fit({ properties: { nested } }).properties['nested']).toBeDefined();
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

/** Schemas that use the keywords, often wrongly. */
const schemas = fc.letrec<{ schema: unknown }>((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.jsonValue(),
    fc.boolean(),
    fc.record(
      {
        type: fc.oneof(
          fc.constantFrom('object', 'string', 'array', 'null', 'integer', 'weird'),
          fc.array(fc.constantFrom('string', 'null', 'object', 'number')),
          fc.jsonValue(),
        ),
        properties: fc.oneof(fc.dictionary(fc.string(), tie('schema')), fc.jsonValue()),
        required: fc.oneof(fc.array(fc.string()), fc.jsonValue()),
        items: fc.oneof(tie('schema'), fc.array(tie('schema'))),
        anyOf: fc.array(tie('schema'), { maxLength: 3 }),
        oneOf: fc.array(tie('schema'), { maxLength: 3 }),
        allOf: fc.array(tie('schema'), { maxLength: 3 }),
        enum: fc.oneof(fc.array(fc.jsonValue()), fc.jsonValue()),
        const: fc.jsonValue(),
        default: fc.jsonValue(),
        description: fc.oneof(fc.string(), fc.jsonValue()),
        format: fc.jsonValue(),
        minimum: fc.jsonValue(),
        nullable: fc.jsonValue(),
        $ref: fc.oneof(
          fc.constantFrom('#', '#/properties/a', '#/$defs/x', '#/allOf/0'),
          fc.string(),
        ),
        $defs: fc.record({ x: tie('schema') }),
        additionalProperties: tie('schema'),
      },
      { requiredKeys: [] },
    ),
  ),
}));

describe('for any JSON', () => {
  it('the result is accepted, bounded, and stays as it is when fitted again', () => {
    fc.assert(
      fc.property(schemas.schema, (schema) => {
        const tool = toOllamaTool({ name: 't', description: '', parameters: schema as JsonSchema });
        const text = JSON.stringify(tool);
        expect(() => parseTool(JSON.parse(text))).not.toThrow();
        expect(text.length).toBeLessThan(60_000);
        const { parameters } = tool.function;
        expect(parameters.type).toBe('object');
        expect(fit(JSON.parse(JSON.stringify(parameters)))).toEqual(parameters);
      }),
      { numRuns: 400 },
    );
  });
});

describe('the short way for plain schemas', () => {
  const leaf = fc.record(
    {
      type: fc.constantFrom('string', 'number', 'integer', 'boolean'),
      description: fc.string({ maxLength: 20 }),
      default: fc.oneof(fc.string({ maxLength: 5 }), fc.integer(), fc.boolean()),
      minimum: fc.integer(),
      maxLength: fc.nat(),
      format: fc.constantFrom('email', 'date'),
      title: fc.string({ maxLength: 5 }),
    },
    { requiredKeys: ['type'] },
  );
  const properties = fc.dictionary(fc.constantFrom('a', 'b', 'c'), leaf, { minKeys: 1 });
  const nested = fc.record({
    type: fc.constant('object'),
    properties,
    additionalProperties: fc.boolean(),
  });
  const list = fc.record({ type: fc.constant('array'), items: leaf, maxItems: fc.nat() });

  it('comes to the same as the general one', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('x', 'y', 'z'), fc.oneof(leaf, nested, list), { minKeys: 1 }),
        (given) => {
          const offer = (schema: object) =>
            toOllamaTool({ name: 't', description: '', parameters: schema as JsonSchema }).function
              .parameters;
          const schema = { type: 'object', properties: given, required: Object.keys(given) };
          // An unknown keyword is dropped by the general way, and keeps the short one from being taken.
          const general = offer({ ...schema, 'x-unknown': {} });
          expect(withoutHarmless(offer(schema))).toEqual(withoutHarmless(general));
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** Without what the short way passes on and Ollama drops by itself, and without empty descriptions. */
function withoutHarmless(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutHarmless);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(
    ([key, item]) =>
      !['additionalProperties', 'title', '$schema'].includes(key) &&
      !(key === 'description' && String(item).trim() === ''),
  );
  return Object.fromEntries(
    entries.map(([key, item]) => [
      key,
      key === 'description' ? String(item).trim() : withoutHarmless(item),
    ]),
  );
}
