import { describe, expect, it } from 'vitest';
import { createListCache } from '../../../src/mcp/list-cache.js';

function fixture(pages: Record<string, unknown>[] = [{ ttlMs: 1000 }]) {
  let time = 0;
  let reads = 0;
  const cache = createListCache(() => time);
  return {
    cache,
    reads: () => reads,
    tick: (ms: number) => {
      time += ms;
    },
    list: (method = 'prompts/list', meanwhile = () => {}) =>
      cache.through(method, (onPage) => {
        reads += 1;
        for (const page of pages) onPage(page);
        meanwhile();
        return Promise.resolve([reads]);
      }),
  };
}

describe('lists that are good for a while', () => {
  it('are asked for once in that time', async () => {
    const { list, tick } = fixture();
    expect(await list()).toEqual([1]);
    tick(999);
    expect(await list()).toEqual([1]);
    tick(1);
    expect(await list()).toEqual([2]);
  });

  it.each([
    ['the shortest time of its pages counts', [{ ttlMs: 1000 }, { ttlMs: 10 }]],
    ['none said is none', [{ ttlMs: 1000 }, {}]],
    ['no number is none', [{ ttlMs: '1000' }]],
    ['a negative one is none', [{ ttlMs: -1 }]],
  ])('%s', async (_, pages) => {
    const { list, tick } = fixture(pages);
    await list();
    tick(10);
    expect(await list()).toEqual([2]);
  });

  it('are good for an hour at most', async () => {
    const { list, tick } = fixture([{ ttlMs: 1e15 }]);
    await list();
    tick(60 * 60_000 - 1);
    expect(await list()).toEqual([1]);
    tick(1);
    expect(await list()).toEqual([2]);
  });

  it('are others when the server says so', async () => {
    const { list, cache } = fixture();
    await list('resources/list');
    cache.evict('prompts');
    expect(await list('resources/list')).toEqual([1]);
    cache.evict('resources');
    expect(await list('resources/list')).toEqual([2]);
  });

  it('are not kept when they changed while they were read', async () => {
    const { list, cache } = fixture();
    await list('prompts/list', () => cache.evict('prompts'));
    expect(await list()).toEqual([2]);
  });
});
