import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitsPlainly } from '../../../src/agent/plain-check.js';

const type = fc.constantFrom('object', 'array', 'integer', 'number', 'null', 'string', 'boolean');
const leaf = fc.oneof(
  fc.record({ type }),
  fc.record({
    enum: fc
      .array(fc.constantFrom(1, 'a', null), { minLength: 1, maxLength: 3 })
      .map((all) => [...new Set(all)]),
  }),
  fc.record({ type, minimum: fc.integer({ min: 0, max: 5 }) }),
);
const schema = fc.record(
  {
    type: fc.constant('object'),
    properties: fc.dictionary(
      fc.constantFrom('a', 'b', 'toString', 'c'),
      fc.oneof(leaf, fc.record({ type: fc.constant('array'), items: leaf })),
    ),
    required: fc.uniqueArray(fc.constantFrom('a', 'b', 'c')),
    additionalProperties: fc.boolean(),
  },
  { requiredKeys: ['type'] },
);
const value = fc.dictionary(
  fc.constantFrom('a', 'b', 'c', 'd', 'toString'),
  fc.oneof(
    fc.constantFrom(1, 1.5, 'a', null, true, Number.NaN),
    fc.array(fc.constantFrom(1, 'a')),
    fc.constant({}),
  ),
);

describe('fitsPlainly', () => {
  it('never says yes to what the validator refuses', () => {
    const ajv = new Ajv2020({
      strict: false,
      ownProperties: true,
      validateSchema: false,
      meta: false,
    });
    let yes = 0;
    fc.assert(
      fc.property(schema, value, (given, args) => {
        if (!fitsPlainly(args, given)) return;
        yes += 1;
        expect(ajv.validate(given, args)).toBe(true);
      }),
      { numRuns: 2000 },
    );
    expect(yes).toBeGreaterThan(100);
  });

  it('says yes to an ordinary call, and not to what it does not know', () => {
    const ordinary = {
      type: 'object',
      properties: { n: { type: 'number', description: 'x' } },
      required: ['n'],
      additionalProperties: false,
      $schema: 'x',
    };
    expect(fitsPlainly({ n: 2 }, ordinary)).toBe(true);
    expect(fitsPlainly({ n: 2, m: 1 }, ordinary)).toBe(false);
    expect(fitsPlainly({}, ordinary)).toBe(false);
    expect(fitsPlainly({ n: 2 }, { ...ordinary, anyOf: [] })).toBe(false);
    expect(fitsPlainly({ n: '2' }, ordinary)).toBe(false);
  });
});
