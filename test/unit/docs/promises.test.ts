import { describe, expect, it } from 'vitest';
import { validateArguments } from '../../../src/agent/validate.js';

/** Promises of docs/security.md that no other test shows. */
describe('a schema cannot freeze the process', () => {
  // With the pattern in force each of these would take minutes.
  const text = `${'a'.repeat(40)}!`;

  it.each([
    { properties: { x: { pattern: '^(a+)+$' } } },
    { properties: { x: { allOf: [{ anyOf: [{ pattern: '^(a+)+$' }] }] } } },
    { $defs: { slow: { pattern: '^(a|aa)+$' } }, properties: { x: { $ref: '#/$defs/slow' } } },
    { patternProperties: { '^(x+)+$': { type: 'number' } } },
  ])('by a regular expression: %j', async (schema) => {
    const args = { x: text, [`${'x'.repeat(40)}!`]: 1 };
    expect(await validateArguments(args, { type: 'object', ...schema })).toEqual([]);
  });

  it('by its size or depth; what is wrong with ordinary arguments is still told', async () => {
    let deep: Record<string, unknown> = { type: 'string' };
    for (let level = 0; level < 5000; level += 1) deep = { properties: { x: deep } };
    expect(await validateArguments({ x: 1 }, deep)).toEqual([]);
    const bomb = { $ref: '#/$defs/a', $defs: { a: { allOf: [{ $ref: '#/$defs/a' }] } } };
    expect(await validateArguments({ x: 1 }, bomb)).toEqual([]);
    const plain = { type: 'object', properties: { x: { type: 'string' } } };
    expect(await validateArguments({ x: 1 }, plain)).toEqual(['x must be string']);
  });
});
