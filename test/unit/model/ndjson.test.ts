import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readNdjson } from '../../../src/model/ndjson.js';

async function* cut(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (const size of sizes) {
    yield bytes.subarray(at, at + size);
    at += size;
  }
  yield bytes.subarray(at);
}

async function read(source: AsyncIterable<Uint8Array>, maxChars?: number): Promise<unknown[][]> {
  const chunks: unknown[][] = [];
  for await (const values of readNdjson(source, maxChars)) chunks.push(values);
  return chunks;
}

const bytes = (text: string) => Buffer.from(text, 'utf8');

describe('readNdjson', () => {
  it('gives the lines of one chunk together, blank ones skipped', async () => {
    expect(await read(cut(bytes('1\n\n{"a":2}\r\n3\n4'), [12]))).toEqual([[1, { a: 2 }], [3], [4]]);
  });

  it('reads the same values wherever the bytes are cut', async () => {
    const values = fc.array(fc.jsonValue({ depthSize: 'small' }), { maxLength: 6 });
    const sizes = fc.array(fc.nat({ max: 9 }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(values, sizes, async (list, cuts) => {
        const text = list.map((value) => `${JSON.stringify(value)}\n`).join('');
        const expected = list.map((value) => JSON.parse(JSON.stringify(value)) as unknown);
        expect((await read(cut(bytes(text), cuts))).flat()).toEqual(expected);
      }),
    );
  });

  it('hands on what came before a line that is no JSON', async () => {
    const chunks = readNdjson(cut(bytes('1\nnonsense\n2\n'), []));
    expect((await chunks.next()).value).toEqual([1]);
    await expect(chunks.next()).rejects.toMatchObject({ code: 'model_failed' });
  });

  it('drops the half line of a broken stream', async () => {
    expect(await read(cut(bytes('1\n{"a":'), []))).toEqual([[1]]);
  });

  it('refuses a line without end before it fills the memory', async () => {
    let sent = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        sent += 1000;
        yield Buffer.alloc(1000, 'x');
      }
    }
    await expect(read(endless(), 10_000)).rejects.toMatchObject({ code: 'model_failed' });
    expect(sent).toBeLessThan(20_000);
    const long = cut(bytes(`"${'x'.repeat(9000)}"\n`.repeat(5)), [100, 9000, 9000]);
    expect((await read(long, 10_000)).flat()).toHaveLength(5);
  });
});
