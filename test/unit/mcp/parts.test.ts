import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEventCounter, MAX_EVENT_BYTES } from '../../../src/mcp/body-caps.js';
import { createByteTail } from '../../../src/mcp/byte-tail.js';
import { headerFault } from '../../../src/mcp/header-params.js';
import { createLineReader } from '../../../src/mcp/line-reader.js';
import { parseMessages } from '../../../src/mcp/messages.js';
import { isOffered } from '../../../src/mcp/tool-list.js';

/** The text in pieces, cut at the given places. */
function pieces(text: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].toSorted((a, b) => a - b);
  return [...places, text.length].map((end, index) => text.subarray(places[index - 1] ?? 0, end));
}

describe('lines', () => {
  it('come out whole however the bytes come in', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme' }).map((line) => line.replaceAll(/\r?\n/g, ' '))),
        fc.array(fc.nat()),
        (lines, cuts) => {
          const seen: string[] = [];
          const reader = createLineReader({
            maxBytes: 1e6,
            onLine: (line) => seen.push(line),
            onTooLong: () => expect.unreachable(),
          });
          const text = Buffer.from(lines.map((line) => `${line}\n`).join(''));
          for (const piece of pieces(text, cuts)) reader.push(piece);
          expect(seen).toEqual(lines.map((line) => Buffer.from(line).toString()));
        },
      ),
    );
  });

  it('that are too long are told once, and nothing comes after', () => {
    const seen: string[] = [];
    let tooLong = 0;
    const reader = createLineReader({
      maxBytes: 10,
      onLine: (line) => seen.push(line),
      onTooLong: () => (tooLong += 1),
    });
    for (const piece of ['ok\n', '123456', '789012', '\nmore\n']) reader.push(Buffer.from(piece));
    expect(seen).toEqual(['ok']);
    expect(tooLong).toBe(1);
  });
});

it('the end of a flood is kept', () => {
  const tail = createByteTail(100);
  for (let line = 0; line < 1000; line += 1) tail.push(Buffer.from(`line ${line}\n\n`));
  expect(tail.lines(2)).toEqual(['line 998', 'line 999']);
  expect(tail.lines(1000).join('\n').length).toBeLessThanOrEqual(100);
});

describe('the size of events', () => {
  it('is counted from one blank line to the next', () => {
    const count = createEventCounter();
    expect(count(Buffer.from('data: 1234\n'))).toBe(10);
    expect(count(Buffer.from('data: 1'))).toBe(17);
    expect(count(Buffer.from('\n\n'))).toBe(0);
    expect(count(Buffer.from('data: x\r\n\r\nab'))).toBe(2);
  });

  it('stays small for a long stream of small events', () => {
    const count = createEventCounter();
    const event = Buffer.from(`id: 1\ndata: ${'x'.repeat(1000)}\n\n`);
    let most = 0;
    for (let sent = 0; sent < 3 * MAX_EVENT_BYTES; sent += event.length)
      most = Math.max(most, count(event));
    expect(most).toBeLessThan(2000);
  });
});

describe('messages', () => {
  it('are JSON-RPC, alone or in a batch', () => {
    const message = { jsonrpc: '2.0', method: 'x' };
    expect(parseMessages(JSON.stringify(message))).toEqual([message]);
    expect(parseMessages(JSON.stringify([message, { a: 1 }, message]))).toEqual([message, message]);
  });

  for (const text of ['', 'hello', '{', '1', 'null', '"x"', '{"jsonrpc":"1.0"}', '[]']) {
    it(`are not: ${text}`, () => {
      expect(parseMessages(text)).toEqual([]);
    });
  }
});

describe('a tool', () => {
  for (const [filter, offered] of [
    [{}, true],
    [{ allow: ['read_file'] }, true],
    [{ allow: ['read_*'] }, true],
    [{ allow: ['write_*'] }, false],
    [{ allow: [] }, false],
    [{ deny: ['read_*'] }, false],
    [{ allow: ['*'], deny: ['*_file'] }, false],
    [{ deny: ['other'] }, true],
  ] as const) {
    it(`is ${offered ? '' : 'not '}offered by ${JSON.stringify(filter)}`, () => {
      expect(isOffered('read_file', filter)).toBe(offered);
    });
  }
});

const schema = (region: unknown, rest: object = {}) => ({
  type: 'object',
  properties: { region },
  ...rest,
});

describe('x-mcp-header', () => {
  it('is fine on a plain property, also a nested one, and in data', () => {
    expect(headerFault(schema({ type: 'string', 'x-mcp-header': 'Region' }))).toBeUndefined();
    const nested = schema({
      type: 'object',
      properties: { a: { type: 'integer', 'x-mcp-header': 'A' } },
    });
    expect(headerFault(nested)).toBeUndefined();
    expect(headerFault(schema({ type: 'string', default: { 'x-mcp-header': 7 } }))).toBeUndefined();
    // A property may have that very name.
    expect(
      headerFault({ type: 'object', properties: { 'x-mcp-header': { type: 'string' } } }),
    ).toBeUndefined();
  });

  for (const [name, bad] of [
    ['is at the root', { type: 'object', 'x-mcp-header': 'X' }],
    ['is no header name', schema({ type: 'string', 'x-mcp-header': 'a b' })],
    ['is empty', schema({ type: 'string', 'x-mcp-header': '' })],
    ['is on an object', schema({ type: 'object', 'x-mcp-header': 'X' })],
    ['is on a number', schema({ type: 'number', 'x-mcp-header': 'X' })],
    ['is in an array', schema({ type: 'array', items: { type: 'string', 'x-mcp-header': 'X' } })],
    ['is in a choice', schema({ anyOf: [{ type: 'string', 'x-mcp-header': 'X' }] })],
    ['is in a definition', schema({}, { $defs: { a: { type: 'string', 'x-mcp-header': 'X' } } })],
    [
      'is declared twice',
      {
        type: 'object',
        properties: {
          a: { type: 'string', 'x-mcp-header': 'X' },
          b: { type: 'string', 'x-mcp-header': 'x' },
        },
      },
    ],
  ] as const) {
    it(`is refused where it ${name}`, () => {
      expect(headerFault(bad)).toContain('x-mcp-header');
    });
  }

  it('is looked for in any depth', () => {
    let deep: object = { type: 'string', 'x-mcp-header': 'X' };
    for (let depth = 0; depth < 100_000; depth += 1) deep = { items: deep };
    expect(headerFault(deep)).toContain('out of place');
  });
});
