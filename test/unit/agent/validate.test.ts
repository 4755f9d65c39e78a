import { describe, expect, it } from 'vitest';
import { withinTime } from '../../../src/agent/time-limit.js';
import { validateArguments } from '../../../src/agent/validate.js';

const LIMIT_MS = 3000;

async function quickly(
  args: Record<string, unknown>,
  schema: Record<string, unknown>,
): Promise<readonly string[]> {
  const before = performance.now();
  const problems = await validateArguments(args, schema);
  expect(performance.now() - before).toBeLessThan(LIMIT_MS);
  return problems;
}

describe('validation', () => {
  it.each<[Record<string, unknown>, Record<string, unknown>, string[]]>([
    [{ a: 1 }, { properties: { a: { type: 'integer' } }, required: ['a'] }, []],
    [{}, { required: ['a'] }, ["arguments must have required property 'a'"]],
    [{ a: 'x' }, { properties: { a: { type: 'integer' } } }, ['a must be integer']],
    [
      { a: { b: ['x'] } },
      { properties: { a: { properties: { b: { items: { type: 'number' } } } } } },
      ['a.b.0 must be number'],
    ],
    [{ a: 3 }, { properties: { a: { enum: [1, 2] } } }, ['a must be one of [1,2]']],
    [
      { b: 1 },
      { properties: { a: {} }, additionalProperties: false },
      ['arguments must not have "b"'],
    ],
    [
      { a: 1 },
      { properties: { a: { $ref: '#/$defs/t' } }, $defs: { t: { type: 'string' } } },
      ['a must be string'],
    ],
  ])('of %j by %j says %j', async (args, schema, expected) => {
    expect(await validateArguments(args, schema)).toEqual(expected);
  });

  it('lists five problems at most, each in a few words', async () => {
    const names = Array.from({ length: 50 }, (_, at) => `property-${at}`);
    expect(await validateArguments({}, { required: names })).toHaveLength(5);
    const long = { properties: { a: { enum: names.map((name) => name.repeat(100)) } } };
    const [problem] = await validateArguments({ a: 1 }, long);
    expect(problem?.length).toBeLessThanOrEqual(301);
  });

  it('asks for own properties, whatever every object inherits', async () => {
    const schema = JSON.parse('{"required":["toString","constructor"]}');
    expect(await validateArguments({}, schema)).toHaveLength(2);
    expect(await validateArguments({ toString: 1, constructor: 2 }, schema)).toEqual([]);
    const closed = { properties: {}, additionalProperties: false };
    expect(await validateArguments({ constructor: 1 }, closed)).toHaveLength(1);
  });
});

describe('what a schema must not do', () => {
  it('is to freeze the process by a regular expression', async () => {
    const value = `${'a'.repeat(40)}!`;
    for (const schema of [
      { properties: { a: { pattern: '^(a+)+$' } } },
      { patternProperties: { '^(a+)+$': { type: 'string' } }, additionalProperties: false },
      { propertyNames: { pattern: '^(a+)+$' } },
      { properties: { a: { format: 'regex' } } },
    ]) {
      expect(await quickly({ a: value, [value]: 1 }, schema)).toEqual([]);
    }
  });

  it.each<[string, Record<string, unknown>]>([
    ['allOf of itself', { allOf: [{ $ref: '#' }, { $ref: '#' }] }],
    ['anyOf of itself', { anyOf: [{ $ref: '#' }, { not: { $ref: '#' } }] }],
    ['5000 levels', nested(5000)],
    ['doubling references', doubling(40)],
    [
      'doubling inside of the data',
      { properties: { a: { allOf: [{ $ref: '#' }, { $ref: '#' }] } } },
    ],
    ['20,000 properties', wide(20_000)],
    ['a remote reference', { $ref: 'http://127.0.0.1:1/schema' }],
    ['a reference to nowhere', { $ref: '#/nowhere' }],
    ['keywords of the wrong kind', { properties: [], required: {}, allOf: 5, type: 'any' }],
    [
      'an old dialect',
      { $schema: 'http://json-schema.org/draft-03/schema#', id: 'x', extends: {} },
    ],
    ['text that looks like code', { maxLength: '1);process.exit(9);(' }],
  ])('is to take long, or to throw: %s', async (_, schema) => {
    expect(await quickly({ a: deep(40) }, schema)).toEqual([]);
    // Nor the second time.
    expect(await quickly({ a: deep(40) }, schema)).toEqual([]);
  });

  it('is to turn the answer into a promise that nobody catches', async () => {
    const rejected: unknown[] = [];
    const onRejection = (error: unknown) => rejected.push(error);
    process.on('unhandledRejection', onRejection);
    const schema = {
      $async: true,
      required: ['a'],
      properties: { b: { $async: true, type: 'number' } },
    };
    expect(await validateArguments({ b: 'x' }, schema)).toHaveLength(2);
    await new Promise(setImmediate);
    process.off('unhandledRejection', onRejection);
    expect(rejected).toEqual([]);
  });

  it('is to load anything, or to run names as code', async () => {
    const name = "a'];process.exit(9);['";
    const schema = { properties: { [name]: { type: 'string' } }, required: [name] };
    expect(await validateArguments({}, schema)).toHaveLength(1);
    expect(await validateArguments({ [name]: 'x' }, schema)).toEqual([]);
  });

  it('is to be compiled twice', async () => {
    const schema = nested(30);
    await validateArguments({}, schema);
    const before = performance.now();
    for (let count = 0; count < 100; count += 1) await validateArguments({}, schema);
    expect(performance.now() - before).toBeLessThan(LIMIT_MS);
  });
});

describe('withinTime', () => {
  it('gives the result, and the failure', () => {
    expect(withinTime(1000, () => 5)).toBe(5);
    expect(withinTime(1000, () => undefined)).toBeUndefined();
    expect(() =>
      withinTime(1000, () => {
        throw new RangeError('own');
      }),
    ).toThrow('own');
  });

  it('ends what does not end', () => {
    expect(() =>
      withinTime(50, () => {
        for (;;);
      }),
    ).toThrow();
    expect(withinTime(1000, () => 'still works')).toBe('still works');
  });
});

function nested(levels: number): Record<string, unknown> {
  let schema: Record<string, unknown> = { type: 'object' };
  for (let at = 0; at < levels; at += 1) schema = { type: 'object', properties: { x: schema } };
  return schema;
}

/** 2^levels steps, from a few hundred characters. */
function doubling(levels: number): Record<string, unknown> {
  const $defs: Record<string, unknown> = { [`a${levels}`]: { type: 'object' } };
  for (let at = 0; at < levels; at += 1) {
    $defs[`a${at}`] = { allOf: [{ $ref: `#/$defs/a${at + 1}` }, { $ref: `#/$defs/a${at + 1}` }] };
  }
  return { $defs, $ref: '#/$defs/a0' };
}

function wide(size: number): Record<string, unknown> {
  const names = Array.from({ length: size }, (_, at) => `p${at}`);
  return { properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])) };
}

function deep(levels: number): unknown {
  let value: unknown = 1;
  for (let at = 0; at < levels; at += 1) value = { a: value };
  return value;
}
