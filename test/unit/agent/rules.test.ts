import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../src/core/canonical-json.js';
import {
  covers,
  identityOf,
  isOutdated,
  isReadOnly,
  pinOf,
  type Rule,
  type Subject,
} from '../../../src/agent/rules.js';
import type { ServerTool } from '../../../src/mcp/types.js';
import { bearer, local, remote } from '../../servers/definitions.js';

const TOOL: ServerTool = {
  name: 'create_issue',
  title: 'Create',
  description: 'Creates an issue',
  inputSchema: { type: 'object', properties: { a: { type: 'string' }, b: { type: 'number' } } },
  outputSchema: { type: 'object' },
  annotations: { openWorldHint: true },
};

const subjectOf = (tool: ServerTool, server = 'github', identity = 'i'): Subject => ({
  server,
  identity,
  tool: tool.name,
  pin: pinOf(tool),
  destructive: tool.annotations?.['destructiveHint'] === true,
});

function ruleFor(subject: Subject, scope: Rule['scope'] = 'always'): Rule {
  const pins = new Map([[subject.tool, subject.pin]]);
  return { ...subject, id: 'a1', pins, all: false, scope, since: '2026-11-23T00:00:00.000Z' };
}

describe('the pin of a tool', () => {
  it.each<[string, Partial<ServerTool>]>([
    ['name', { name: 'create_issues' }],
    ['title', { title: 'create' }],
    ['description', { description: 'Creates an issue ' }],
    ['an invisible character', { description: 'Creates an issue\u{e0041}' }],
    ['a property', { inputSchema: { type: 'object', properties: { a: { type: 'string' } } } }],
    [
      'the description of a property',
      {
        inputSchema: {
          type: 'object',
          properties: { a: { type: 'string', description: 'x' }, b: { type: 'number' } },
        },
      },
    ],
    ['outputSchema', { outputSchema: {} }],
    ['annotations', { annotations: { openWorldHint: false } }],
  ])('is another one after a change of %s', (_, change) => {
    expect(pinOf({ ...TOOL, ...change })).not.toBe(pinOf(TOOL));
  });

  it('is another one without a field', () => {
    for (const field of ['title', 'description', 'outputSchema', 'annotations'] as const) {
      const { [field]: _, ...rest } = TOOL;
      expect(pinOf(rest)).not.toBe(pinOf(TOOL));
    }
  });

  it('does not mind the order of keys', () => {
    const { inputSchema, ...rest } = TOOL;
    const properties = { b: { type: 'number' }, a: { type: 'string' } };
    expect(pinOf({ inputSchema: { properties, type: 'object' }, ...rest })).toBe(pinOf(TOOL));
    expect(inputSchema).not.toBe(properties);
  });
});

describe('canonical JSON', () => {
  it('is JSON of the same value, and the same for every order of keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(reversed(value))).toBe(text);
      }),
    );
  });
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  // `fromEntries` makes `__proto__` a key like any other.
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, item]) => [key, reversed(item)]),
  );
}

describe('the identity of a server', () => {
  const url = 'https://mcp.example.com/sse';

  it('holds no secret, so another token is the same server', () => {
    const one = identityOf(remote(`${url}?key=one`, { headers: bearer('one') }));
    expect(identityOf(remote(`${url}?key=two`, { headers: bearer('two'), id: 'other' }))).toBe(one);
  });

  it.each([
    ['path', remote('https://mcp.example.com/v2/sse')],
    ['host', remote('https://mcp.example.org/sse')],
    ['port', remote('https://mcp.example.com:8443/sse')],
    ['scheme', remote('http://mcp.example.com/sse')],
    ['transport', remote(url, { transport: 'http' })],
    ['kind', local('node', [])],
  ])('is another one after a change of its %s', (_, changed) => {
    expect(identityOf(changed)).not.toBe(identityOf(remote(url)));
  });

  it.each([
    ['command', local('nodejs', ['a b'])],
    ['arguments', local('node', ['a', 'b'])],
    ['directory', local('node', ['a b'], { cwd: '/tmp' })],
  ])('is another one after a change of its %s', (_, changed) => {
    expect(identityOf(changed)).not.toBe(identityOf(local('node', ['a b'])));
  });
});

describe('a rule', () => {
  it('covers its own tool of its own server, as they were, and nothing else', () => {
    const word = fc.string({ minLength: 1 });
    const subject = fc.record({ server: word, identity: word, tool: word, pin: word });
    fc.assert(
      fc.property(subject, subject, (mine, other) => {
        const rule = ruleFor({ ...mine, destructive: false });
        expect(covers(rule, { ...mine, destructive: false })).toBe(true);
        const same =
          mine.identity === other.identity && mine.tool === other.tool && mine.pin === other.pin;
        expect(covers(rule, { ...other, destructive: false })).toBe(same);
      }),
    );
  });

  it('is outdated by another tool or another server of the same names', () => {
    const subject = subjectOf(TOOL);
    const rule = ruleFor(subject);
    expect(isOutdated(rule, subject)).toBe(false);
    expect(isOutdated(rule, subjectOf({ ...TOOL, description: 'Deletes all' }))).toBe(true);
    expect(isOutdated(rule, { ...subject, identity: 'j' })).toBe(true);
    expect(isOutdated(rule, subjectOf({ ...TOOL, name: 'other' }))).toBe(false);
    expect(isOutdated(rule, { ...subject, server: 'gitlab' })).toBe(false);
  });

  it('of always does not cover what is destructive', () => {
    const subject = subjectOf({ ...TOOL, annotations: { destructiveHint: true } });
    expect(covers(ruleFor(subject), subject)).toBe(false);
    expect(covers(ruleFor(subject, 'session'), subject)).toBe(true);
  });
});

describe('read-only', () => {
  it.each([
    [{ readOnlyHint: true }, true],
    [{ readOnlyHint: true, destructiveHint: true }, false],
    [{ readOnlyHint: 'true' }, false],
    [{ destructiveHint: false }, false],
    [{}, false],
  ])('%j is %s', (annotations, expected) => {
    expect(isReadOnly({ ...TOOL, annotations })).toBe(expected);
  });
});
