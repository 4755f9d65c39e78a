import { describe, expect, it } from 'vitest';
import { createCalls } from '../../../../src/app/asks/calls.js';
import { createTurns } from '../../../../src/app/asks/turns.js';
import { createDeferred } from '../../../../src/core/deferred.js';
import { quiet } from './asks-helper.js';

describe('turns', () => {
  it('come one after the other, in the order of asking', async () => {
    const turns = createTurns();
    const log: string[] = [];
    const first = createDeferred<void>();
    const ask = (name: string, wait: Promise<void> = Promise.resolve()) =>
      turns.take(async () => {
        log.push(`${name} begins`);
        await wait;
        log.push(`${name} ends`);
      }, quiet);
    const all = [ask('a', first.promise), ask('b'), ask('c')];
    await Promise.resolve();
    expect(log).toEqual(['a begins']);
    first.resolve();
    await Promise.all(all);
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  it('are left by who does not wait any longer, and go on', async () => {
    const turns = createTurns();
    const first = createDeferred<void>();
    const abort = new AbortController();
    const a = turns.take(() => first.promise, quiet);
    const b = turns.take(() => Promise.resolve('b'), abort.signal);
    const c = turns.take(() => Promise.resolve('c'), quiet);
    abort.abort(new Error('gone'));
    await expect(b).rejects.toMatchObject({ code: 'interrupted' });
    first.resolve();
    await a;
    expect(await c).toBe('c');
  });

  it('go on after a question that failed', async () => {
    const turns = createTurns();
    const failed = turns.take(() => Promise.reject(new Error('no')), quiet);
    const next = turns.take(() => Promise.resolve(7), quiet);
    await expect(failed).rejects.toThrow('no');
    expect(await next).toBe(7);
  });

  it('end with the signal, also of a question that does not listen', async () => {
    const turns = createTurns();
    const abort = new AbortController();
    const deaf = turns.take(() => new Promise(() => {}), abort.signal);
    const next = turns.take(() => Promise.resolve(7), quiet);
    abort.abort(new Error('gone'));
    await expect(deaf).rejects.toMatchObject({ code: 'interrupted' });
    expect(await next).toBe(7);
  });

  it('are nobody’s whose signal has fired', async () => {
    const turns = createTurns();
    await expect(turns.take(() => Promise.resolve(), AbortSignal.abort())).rejects.toMatchObject({
      code: 'interrupted',
    });
    expect(await turns.take(() => Promise.resolve(1), quiet)).toBe(1);
  });
});

describe('calls', () => {
  it('name the only one of a server', async () => {
    const calls = createCalls();
    const ends = [createDeferred<void>(), createDeferred<void>()];
    const one = calls.track('docs', 'call_1', () => ends[0]!.promise);
    expect(calls.only('docs')).toBe('call_1');
    expect(calls.only('other')).toBeUndefined();
    const two = calls.track('docs', 'call_2', () => ends[1]!.promise);
    expect(calls.only('docs')).toBeUndefined();
    ends[0]!.reject(new Error('failed'));
    await expect(one).rejects.toThrow('failed');
    expect(calls.only('docs')).toBe('call_2');
    ends[1]!.resolve();
    await two;
    expect(calls.only('docs')).toBeUndefined();
  });
});
