import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLimiter } from '../../../../src/check/audit/limiter.js';
import { OstlerError } from '../../../../src/core/errors.js';
import { createAbort } from '../../../../src/core/wait.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'hrtime'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const { signal } = createAbort();

function started(limiter: ReturnType<typeof createLimiter>, count: number, abort = signal) {
  const leaves: (() => void)[] = [];
  for (let at = 0; at < count; at += 1) {
    limiter.enter(abort).then(
      (leave) => leaves.push(leave),
      () => {},
    );
  }
  return leaves;
}

describe('createLimiter', () => {
  it('spaces requests after a burst of three', async () => {
    const leaves = started(createLimiter({ rate: 5, concurrent: 100 }), 20);
    await vi.advanceTimersByTimeAsync(0);
    expect(leaves).toHaveLength(3);
    await vi.advanceTimersByTimeAsync(1000);
    expect(leaves).toHaveLength(8);
    await vi.advanceTimersByTimeAsync(2000);
    expect(leaves).toHaveLength(18);
  });

  it('lets so many in at once, the next one when one leaves', async () => {
    const leaves = started(createLimiter({ rate: 'unlimited', concurrent: 8 }), 20);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(leaves).toHaveLength(8);
    leaves[0]?.();
    leaves[0]?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(leaves).toHaveLength(9);
  });

  it('pauses for everybody', async () => {
    const limiter = createLimiter({ rate: 'unlimited', concurrent: 8 });
    limiter.pause(3000);
    const leaves = started(limiter, 2);
    await vi.advanceTimersByTimeAsync(2900);
    expect(leaves).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(200);
    expect(leaves).toHaveLength(2);
  });

  it('lets go of those whose signal fires, and only of those', async () => {
    const limiter = createLimiter({ rate: 'unlimited', concurrent: 1 });
    const [leave] = [await limiter.enter(signal)];
    const stop = new AbortController();
    const given = limiter.enter(stop.signal);
    const kept = started(limiter, 1);
    stop.abort(new OstlerError('interrupted', 'Enough.'));
    await expect(given).rejects.toThrow('Enough.');
    await expect(limiter.enter(stop.signal)).rejects.toThrow('Enough.');
    leave();
    await vi.advanceTimersByTimeAsync(0);
    expect(kept).toHaveLength(1);
  });
});
