import { describe, expect, it } from 'vitest';
import { isDeeperThan } from '../../../src/agent/depth.js';
import { jsonEnd } from '../../../src/agent/json-end.js';
import { createQueue } from '../../../src/core/queue.js';
import { createRepeatGuard } from '../../../src/agent/repeats.js';
import { registryOf } from './harness.js';

describe('the queue', () => {
  it('gives everything in order, what came before the reader included', async () => {
    const queue = createQueue<number>();
    queue.push(1);
    const read: number[] = [];
    const reading = (async () => {
      for await (const item of queue.items()) read.push(item);
    })();
    queue.push(2);
    await Promise.resolve();
    queue.push(3);
    await new Promise(setImmediate);
    queue.push(4);
    queue.end();
    await reading;
    expect(read).toEqual([1, 2, 3, 4]);
  });

  it('ends at once when it is empty and over, and counts what waits', async () => {
    const queue = createQueue<number>();
    queue.push(1);
    expect(queue.size).toBe(1);
    queue.end();
    const items = queue.items();
    expect(await items.next()).toEqual({ done: false, value: 1 });
    expect(await items.next()).toEqual({ done: true, value: undefined });
    expect(queue.size).toBe(0);
  });

  it('keeps what is pushed while the reader is busy', async () => {
    const queue = createQueue<number>();
    queue.push(1);
    const items = queue.items();
    await items.next();
    queue.push(2);
    queue.push(3);
    expect((await items.next()).value).toBe(2);
    expect((await items.next()).value).toBe(3);
  });
});

describe('the guard against repeats', () => {
  const [a, b] = registryOf([{ name: 's/a' }, { name: 's/b' }]).tools;
  if (a === undefined || b === undefined) throw new Error('no tools');

  it('counts by tool and arguments, whatever the order of keys', () => {
    const guard = createRepeatGuard();
    const check = (args: Parameters<typeof guard.check>[1]) => {
      guard.nextTurn();
      return guard.check(a, args);
    };
    expect(check({ x: [1, { p: 1, q: 2 }], y: null })).toBe('run');
    expect(check({ y: null, x: [1, { q: 2, p: 1 }] })).toBe('run');
    expect(guard.check(b, { y: null, x: [1, { q: 2, p: 1 }] })).toBe('run');
    expect(check({ x: [1, { p: 1, q: 3 }], y: null })).toBe('run');
    expect(guard.stuck).toBe(false);
    expect(check({ x: [1, { p: 1, q: 2 }], y: null })).toBe('refuse');
    expect(guard.stuck).toBe(false);
    expect(check({ x: [1, { p: 1, q: 2 }], y: null })).toBe('refuse');
    expect(guard.stuck).toBe(true);
  });

  it('tells texts from numbers and lists from objects', () => {
    const guard = createRepeatGuard();
    const values = [1, '1', [1], { 0: 1 }, null, 'null', true, 'true'];
    for (const x of [...values, ...values]) expect(guard.check(a, { x })).toBe('run');
  });
});

describe('depth', () => {
  it('counts objects and lists', () => {
    expect(isDeeperThan(1, 0)).toBe(false);
    expect(isDeeperThan([], 0)).toBe(true);
    expect(isDeeperThan([{ a: [] }], 3)).toBe(false);
    expect(isDeeperThan([{ a: [] }], 2)).toBe(true);
    expect(isDeeperThan(JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)))).toBe(true);
  });
});

describe('the end of a JSON value', () => {
  it.each([
    ['{}x', 2],
    ['[[1],[2]] ', 9],
    ['{"a":"}\\"]"}', 12],
    ['{"a":"\\\\"}', 10],
    ['{', undefined],
    ['{"a', undefined],
    ['{"a":"\\', undefined],
    ['x{}', undefined],
    ['', undefined],
    ['"text"', undefined],
  ])('of %j is %s', (text, end) => {
    expect(jsonEnd(text, 0)).toBe(end);
  });
});
