import { createParser } from 'eventsource-parser';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_EVENT_BYTES, sseLines } from '../../../src/check/listen/sse-lines.js';

interface Heard {
  /** Comments, retries and frames in the order they were told. */
  told: unknown[];
  raw: string;
}

/** Reads pieces as `listen` does: what passes goes to a parser, as an EventSource has one. */
async function read(pieces: readonly Uint8Array[], raw = true): Promise<Heard> {
  const told: unknown[] = [];
  const bytes: Uint8Array[] = [];
  const decoder = new TextDecoder();
  const parser = createParser({
    onEvent: ({ event = 'message', data, id }) => told.push({ event, data, id }),
    onRetry: (ms) => told.push({ passed: ms }),
  });
  const body = async function* () {
    yield* pieces;
  };
  const lines = sseLines(body(), {
    server: 'test',
    onRaw: raw ? (piece) => bytes.push(piece.slice()) : undefined,
    onComment: (text) => told.push({ comment: text }),
    onRetry(ms) {
      told.push({ retry: ms });
      return Math.min(60_000, Math.max(1000, ms));
    },
  });
  for await (const piece of lines) parser.feed(decoder.decode(piece, { stream: true }));
  return { told, raw: Buffer.concat(bytes).toString('utf8') };
}

const STREAM = [
  ': first',
  'id: 1',
  'data: a',
  '',
  'event: é',
  ':between',
  'data:b',
  'data: c',
  '',
  'retry: 0',
  'retry:70000',
  'retry: soon',
  'data',
  '',
  '',
  ':',
  'id: 2',
  'data: last',
  '',
  'data: unfinished',
];
const TOLD = [
  { comment: 'first' },
  { event: 'message', data: 'a', id: '1' },
  { comment: 'between' },
  { event: 'é', data: 'b\nc', id: undefined },
  { retry: 0 },
  { passed: 1000 },
  { retry: 70_000 },
  { passed: 60_000 },
  { event: 'message', data: '', id: undefined },
  { comment: '' },
  { event: 'message', data: 'last', id: '2' },
];

describe('sseLines', () => {
  it.each(['\n', '\r\n', '\r'])(
    'tells everything in order, wherever it is cut (%j)',
    async (end) => {
      const whole = Buffer.from(STREAM.join(end));
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.integer({ min: 0, max: whole.length }), { maxLength: 20 }),
          async (cuts) => {
            const at = [0, ...cuts.toSorted((a, b) => a - b), whole.length];
            const pieces = at.slice(1).map((to, n) => whole.subarray(at[n], to));
            const heard = await read(pieces);
            expect(heard.told).toEqual(TOLD);
            expect(heard.raw).toBe(whole.toString('utf8'));
            expect((await read(pieces, false)).told).toEqual(TOLD);
          },
        ),
        { numRuns: 60 },
      );
    },
  );

  it('understands a frame as soon as its last byte is there', async () => {
    let heard = 0;
    const body = async function* () {
      yield Buffer.from('data: x\r\r');
      expect(heard).toBe(1);
      yield Buffer.from('\ndata: y\r\n\r\n');
      expect(heard).toBe(2);
    };
    const parser = createParser({ onEvent: () => (heard += 1) });
    const decoder = new TextDecoder();
    const options = { server: 't', onComment: () => {}, onRetry: (ms: number) => ms };
    for await (const piece of sseLines(body(), options)) parser.feed(decoder.decode(piece));
    expect(heard).toBe(2);
  });

  it.each([
    ['one line', () => Buffer.alloc(64 * 1024, 'x')],
    ['many lines', () => Buffer.from(`data: ${'x'.repeat(1000)}\n`.repeat(64))],
    ['many empty fields', () => Buffer.from('data\r'.repeat(10_000))],
  ])('ends an event without end: %s', async (_, piece) => {
    let sent = 0;
    const body = async function* () {
      for (;;) {
        sent += 1;
        yield piece();
      }
    };
    const options = { server: 'test', onComment: () => {}, onRetry: (ms: number) => ms };
    const drain = async () => {
      for await (const bytes of sseLines(body(), options)) expect(bytes.length).toBeGreaterThan(0);
    };
    await expect(drain()).rejects.toThrow(`larger than ${MAX_EVENT_BYTES} bytes`);
    expect(sent).toBeLessThan(400);
  });

  it('reads lines that end in CR as fast as others', async () => {
    const flood = Buffer.alloc(64 * 1024, '\r');
    const begun = Date.now();
    await read(
      Array.from({ length: 10 }, () => flood),
      false,
    );
    expect(Date.now() - begun).toBeLessThan(5000);
  });
});
