import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toModelResult, toToolResult } from '../../../src/mcp/result.js';
import type { ToolResult } from '../../../src/mcp/types.js';

const OPTIONS = { maxChars: 10_000, vision: false };
const read = (raw: unknown, options = OPTIONS) => toModelResult(toToolResult(raw), options);
const pngBytes = Uint8Array.from([1, 2, 3]);
const image = {
  type: 'image',
  data: Buffer.from(pngBytes).toString('base64'),
  mimeType: 'image/png',
};

describe('a tool result', () => {
  it('has its base64 decoded', () => {
    const result = toToolResult({
      content: [
        image,
        { type: 'resource', resource: { uri: 'x:y', blob: 'AQID', mimeType: 'a/b' } },
      ],
    });
    expect(result.content).toEqual([
      { type: 'image', data: Buffer.from(pngBytes), mimeType: 'image/png' },
      { type: 'resource', uri: 'x:y', mimeType: 'a/b', blob: Buffer.from(pngBytes) },
    ]);
  });

  it('may be anything: it never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.jsonValue(),
          fc.record({
            content: fc.jsonValue(),
            structuredContent: fc.jsonValue(),
            isError: fc.boolean(),
          }),
          fc.record({
            content: fc.array(
              fc.record(
                {
                  type: fc.constantFrom('text', 'image', 'audio', 'resource_link', 'resource', 'x'),
                  text: fc.jsonValue(),
                  data: fc.jsonValue(),
                  uri: fc.jsonValue(),
                  resource: fc.jsonValue(),
                },
                { requiredKeys: ['type'] },
              ),
            ),
          }),
        ),
        (raw) => {
          const { text } = read(raw, { maxChars: 500, vision: true });
          expect(text.length).toBeGreaterThan(0);
          expect(text.length).toBeLessThanOrEqual(600);
          expect(text.isWellFormed()).toBe(true);
        },
      ),
    );
  });

  it('of thousands of pieces is cut', () => {
    const result = toToolResult({
      content: Array.from({ length: 1500 }, () => ({ type: 'text', text: 'x' })),
    });
    expect(result.content).toHaveLength(1001);
    expect(result.content.at(-1)).toMatchObject({ text: '[500 more pieces of content left out]' });
  });
});

describe('what a model reads', () => {
  it('is the text', () => {
    expect(
      read({
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      }),
    ).toEqual({
      text: 'a\nb',
      images: [],
    });
  });

  it('is told when there is nothing', () => {
    expect(read({ content: [] }).text).toBe('(no output)');
    expect(read({ content: [{ type: 'text', text: '' }] }).text).toBe('(no output)');
  });

  it('says that it is an error, once', () => {
    expect(read({ isError: true, content: [{ type: 'text', text: 'no such file' }] }).text).toBe(
      'Error: no such file',
    );
    expect(read({ isError: true, content: [{ type: 'text', text: 'Error: x' }] }).text).toBe(
      'Error: x',
    );
  });

  it('shows an image to a model that sees, and describes it to one that does not', () => {
    expect(read({ content: [image] }, { maxChars: 100, vision: true })).toEqual({
      text: '[image 1]',
      images: [{ data: Buffer.from(pngBytes), mimeType: 'image/png' }],
    });
    expect(read({ content: [image] })).toEqual({ text: '[image image/png, 3 B]', images: [] });
    const svg = { ...image, mimeType: 'image/svg+xml' };
    expect(read({ content: [svg] }, { maxChars: 100, vision: true }).images).toEqual([]);
  });

  it('describes the rest', () => {
    const { text } = read({
      content: [
        { type: 'audio', data: Buffer.alloc(34 * 1024).toString('base64'), mimeType: 'audio/wav' },
        { type: 'resource_link', uri: 'file:///a', name: 'a', description: 'the a' },
        { type: 'resource', resource: { uri: 'mem://t', mimeType: 'text/plain', text: 'inside' } },
        { type: 'resource', resource: { uri: 'mem://b', blob: 'AAEC' } },
      ],
    });
    expect(text.split('\n')).toEqual([
      '[audio audio/wav, 34 KB]',
      '[link a: file:///a (the a)]',
      '[resource mem://t text/plain]',
      'inside',
      '[resource mem://b, 3 B]',
    ]);
  });

  it('has structured content only when the text does not say it already', () => {
    const structuredContent = { a: 1, b: [2] };
    expect(read({ content: [], structuredContent }).text).toBe('{"a":1,"b":[2]}');
    const same = { type: 'text', text: '{\n "b": [2], "a": 1 }' };
    expect(read({ content: [same], structuredContent }).text).toBe(same.text);
    const other = { type: 'text', text: 'The sum is 3.' };
    expect(read({ content: [other], structuredContent }).text).toBe(
      'The sum is 3.\n{"a":1,"b":[2]}',
    );
  });

  it('is cut in the middle, and says how much is missing', () => {
    const text = `${'a'.repeat(700)}${'b'.repeat(600)}${'c'.repeat(200)}`;
    const cut = read({ content: [{ type: 'text', text }] }, { maxChars: 400, vision: false }).text;
    expect(cut).toBe(
      `${'a'.repeat(300)}\n[… 1100 of 1500 characters left out …]\n${'c'.repeat(100)}`,
    );
  });

  it('holds no invisible instructions', () => {
    const hidden: ToolResult = {
      isError: false,
      content: [{ type: 'text', text: 'a\u{e0041}b\ud800' }],
    };
    expect(toModelResult(hidden, OPTIONS).text).toBe('ab\ufffd');
  });
});
