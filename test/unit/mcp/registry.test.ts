import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAliases, MAX_ALIAS } from '../../../src/mcp/alias.js';
import { createToolRegistry } from '../../../src/mcp/registry.js';
import type { ServerTool } from '../../../src/mcp/types.js';

const tool = (name: string, rest: Partial<ServerTool> = {}): ServerTool => ({
  name,
  inputSchema: { type: 'object' },
  ...rest,
});

const name = fc.oneof(
  fc.string({ minLength: 1, maxLength: 200 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }),
  fc.string({ unit: fc.constantFrom('a', 'b', '_', '-', '.'), minLength: 1, maxLength: 12 }),
  fc.constantFrom(
    '_',
    '__',
    '__proto__',
    'constructor',
    'toString',
    'a__b',
    'b__c',
    'ä',
    'ö',
    'x'.repeat(200),
  ),
);
const server = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'b', '_', '-'), minLength: 1, maxLength: 8 }),
  fc.constantFrom('a', 'a__b', '__proto__', 's'.repeat(80)),
);

describe('aliases', () => {
  it('are short, plain, and one for each tool of each server', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.record({ server, name }), {
          selector: (pair) => JSON.stringify([pair.server, pair.name]),
          maxLength: 40,
        }),
        (pairs) => {
          const aliases = createAliases(pairs);
          expect(new Set(aliases).size).toBe(pairs.length);
          for (const alias of aliases) {
            expect(alias).toMatch(/^[a-zA-Z0-9_-]+$/);
            expect(alias.length).toBeLessThanOrEqual(MAX_ALIAS);
          }
          const registry = createToolRegistry(
            pairs.map((pair) => ({ server: pair.server, tools: [tool(pair.name)] })),
          );
          for (const [index, pair] of pairs.entries()) {
            const found = registry.resolve(aliases[index] ?? '');
            expect(found).toMatchObject(pair);
            expect(registry.nearest(aliases[index] ?? '')).toBe(found);
          }
        },
      ),
    );
  });

  it('do not depend on the order', () => {
    fc.assert(
      fc.property(
        fc
          .uniqueArray(fc.record({ server, name }), {
            selector: (pair) => JSON.stringify([pair.server, pair.name]),
            maxLength: 12,
          })
          .chain((pairs) =>
            fc.tuple(fc.constant(pairs), fc.shuffledSubarray(pairs, { minLength: pairs.length })),
          ),
        ([pairs, shuffled]) => {
          const one = new Map(createAliases(pairs).map((alias, index) => [alias, pairs[index]]));
          const two = new Map(
            createAliases(shuffled).map((alias, index) => [alias, shuffled[index]]),
          );
          for (const [alias, pair] of one) expect(two.get(alias)).toEqual(pair);
        },
      ),
    );
  });

  it('are the plain names where these are good', () => {
    expect(createAliases([{ server: 'math', name: 'add_numbers' }])).toEqual(['math__add_numbers']);
  });

  it('end with a hash where two would be the same', () => {
    const aliases = createAliases([
      { server: 'a__b', name: 'c' },
      { server: 'a', name: 'b__c' },
      { server: 'a', name: 'd' },
    ]);
    expect(aliases[0]).toMatch(/^a__b__c_[0-9a-f]{8}$/);
    expect(aliases[1]).toMatch(/^a__b__c_[0-9a-f]{8}$/);
    expect(aliases[2]).toBe('a__d');
  });

  it('stay apart when a server guesses a hash', () => {
    const [guess = ''] = createAliases([{ server: 'a', name: 'ü' }]);
    const pairs = [
      { server: 'a', name: 'ü' },
      { server: 'a', name: guess.replace('a__', '') },
    ];
    expect(new Set(createAliases(pairs)).size).toBe(2);
  });
});

describe('the registry', () => {
  it('leaves out tools that a server names twice', () => {
    const registry = createToolRegistry([
      { server: 'a', tools: [tool('twice'), tool('once'), tool('twice')] },
      { server: 'b', tools: [tool('twice')] },
    ]);
    expect(registry.tools.map(({ alias }) => alias)).toEqual(['a__once', 'b__twice']);
    expect(registry.warnings).toEqual(['a offers 2 tools named twice; none of them is used.']);
  });

  it('makes descriptions readable for a model: no hidden text, no end without measure', () => {
    const hidden = '\u{e0041}\u{e0042}';
    const registry = createToolRegistry([
      {
        server: 'a',
        tools: [
          tool('x', { description: `open${hidden}` }),
          tool('y', { description: 'y'.repeat(20_000) }),
        ],
      },
    ]);
    expect(registry.tools[0]?.description).toBe('open');
    expect(registry.tools[1]?.description.length).toBeLessThan(9000);
  });

  it('keeps the schema as the server wrote it', () => {
    const inputSchema = { type: 'object', properties: { a: { pattern: '^(a+)+$' } } };
    const registry = createToolRegistry([{ server: 'a', tools: [tool('x', { inputSchema })] }]);
    expect(registry.tools[0]?.inputSchema).toBe(inputSchema);
  });
});

describe('the nearest tool', () => {
  const registry = createToolRegistry([
    { server: 'math', tools: [tool('add_numbers'), tool('say-hello')] },
    { server: 'files', tools: [tool('read'), tool('add')] },
    { server: 'web', tools: [tool('read')] },
  ]);
  for (const [written, meant] of [
    ['Math__Add_Numbers', 'math__add_numbers'],
    ['math__add-numbers', 'math__add_numbers'],
    ['math_add_numbers', 'math__add_numbers'],
    ['math.add_numbers', 'math__add_numbers'],
    ['add_numbers', 'math__add_numbers'],
    ['say_hello', 'math__say-hello'],
    ['web/read', 'web__read'],
  ] as const) {
    it(`of ${written} is ${meant}`, () => {
      expect(registry.nearest(written)?.alias).toBe(meant);
      expect(registry.resolve(written)).toBeUndefined();
    });
  }

  for (const written of ['read', 'numbers', '', '__proto__', 'math__add_number']) {
    it(`of ${JSON.stringify(written)} is none`, () => {
      expect(registry.nearest(written)).toBeUndefined();
    });
  }
});
