import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkContent, defaultsOf } from '../../../../src/core/form.js';
import { parseForm } from '../../../../src/mcp/incoming/form-schema.js';

const form = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more });
const one = (property: object) => parseForm(form({ a: property }))?.[0];

describe('a form', () => {
  it('keeps the order of its fields, and what each is', () => {
    const fields = parseForm(
      form(
        {
          name: { type: 'string', title: 'Name', description: 'Yours', minLength: 1, maxLength: 9 },
          email: { type: 'string', format: 'email' },
          age: { type: 'integer', minimum: 0, maximum: 150 },
          tall: { type: 'boolean', default: false },
          pet: { type: 'string', enum: ['c', 'd'], enumNames: ['Cat', 'Dog'], default: 'd' },
          colour: { type: 'string', oneOf: [{ const: 'r', title: 'Red' }, { const: 'g' }] },
          tags: {
            type: 'array',
            minItems: 1,
            items: { anyOf: [{ const: 'x', title: 'X' }] },
            default: ['x'],
          },
        },
        { required: ['name', 'age'] },
      ),
    );
    expect(fields).toEqual([
      {
        kind: 'text',
        name: 'name',
        title: 'Name',
        description: 'Yours',
        required: true,
        minLength: 1,
        maxLength: 9,
      },
      { kind: 'text', name: 'email', format: 'email', required: false },
      { kind: 'number', name: 'age', integer: true, minimum: 0, maximum: 150, required: true },
      { kind: 'boolean', name: 'tall', required: false, default: false },
      {
        kind: 'choice',
        name: 'pet',
        required: false,
        options: [
          { value: 'c', title: 'Cat' },
          { value: 'd', title: 'Dog' },
        ],
        default: 'd',
      },
      {
        kind: 'choice',
        name: 'colour',
        required: false,
        options: [
          { value: 'r', title: 'Red' },
          { value: 'g', title: 'g' },
        ],
      },
      {
        kind: 'choices',
        name: 'tags',
        required: false,
        minItems: 1,
        options: [{ value: 'x', title: 'X' }],
        default: ['x'],
      },
    ]);
  });

  it.each<[string, object]>([
    ['another type', { type: 'string', default: 3 }],
    ['too long', { type: 'string', maxLength: 2, default: 'abc' }],
    ['no choice', { type: 'string', enum: ['a'], default: 'b' }],
    ['out of range', { type: 'number', maximum: 2, default: 3 }],
    ['null', { type: 'boolean', default: null }],
  ])('drops a default that may not be sent: %s', (_, property) => {
    expect(one(property)).toBeDefined();
    expect(one(property)).not.toHaveProperty('default');
  });

  it('takes limits and formats it does not know for none', () => {
    expect(one({ type: 'string', format: 'uuid', minLength: -1, maxLength: 'x' })).toEqual({
      kind: 'text',
      name: 'a',
      required: false,
    });
  });

  it.each<[string, unknown]>([
    ['no object', 'form'],
    ['no properties', { type: 'object' }],
    [
      'a name that changes the object',
      JSON.parse('{"type":"object","properties":{"__proto__":{"type":"string"}}}'),
    ],
    ['an empty name', form({ '': { type: 'string' } })],
    ['several types', form({ a: { type: ['string', 'null'] } })],
    ['a reference', form({ a: { $ref: '#/x' } })],
    ['wrong choices', form({ a: { type: 'string', oneOf: [{ title: 'x' }] } })],
    ['required that is no list', form({}, { required: 'a' })],
  ])('is none: %s', (_, schema) => {
    expect(parseForm(schema)).toBeUndefined();
  });

  it('has defaults that may be sent, whatever it says', () => {
    const property = fc.record(
      {
        type: fc.constantFrom('string', 'number', 'integer', 'boolean', 'array'),
        enum: fc.array(fc.string(), { maxLength: 3 }),
        items: fc.record({ enum: fc.array(fc.string(), { maxLength: 3 }) }),
        minimum: fc.double(),
        maxLength: fc.integer(),
        minItems: fc.integer(),
        format: fc.constantFrom('email', 'date', 'x'),
        default: fc.jsonValue(),
      },
      { requiredKeys: ['type'] },
    );
    fc.assert(
      fc.property(fc.dictionary(fc.string(), property), (properties) => {
        const fields = parseForm(form(properties));
        if (fields === undefined) return;
        expect(checkContent(fields, defaultsOf(fields))).toEqual([]);
      }),
    );
  });
});
