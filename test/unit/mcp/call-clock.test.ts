import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCallClock, type CallClock } from '../../../src/mcp/call-clock.js';

const never = new AbortController().signal;
const clock = (renewals = 10): CallClock =>
  createCallClock({ ms: 1000, renewals, server: 'docs', what: 'tool', parent: never });

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'hrtime'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the clock of a call', () => {
  it('fires after its time, and says so', () => {
    const { signal } = clock();
    vi.advanceTimersByTime(999);
    expect(signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(signal.reason).toMatchObject({
      code: 'timeout',
      server: 'docs',
      message: 'docs: tool took longer than 1 s.',
    });
  });

  it('is renewed by signs of life, ten times its length in all', () => {
    const { signal, renew } = clock();
    for (let i = 0; i < 19; i += 1) {
      vi.advanceTimersByTime(500);
      renew();
    }
    expect(signal.aborted).toBe(false);
    vi.advanceTimersByTime(500);
    expect(signal.reason).toMatchObject({ message: 'docs: tool took longer than 10 s.' });
  });

  it('stands still while it is held, by however many', () => {
    const { signal, hold } = clock();
    const [one, two] = [hold(), hold()];
    vi.advanceTimersByTime(60_000);
    one();
    one();
    vi.advanceTimersByTime(60_000);
    expect(signal.aborted).toBe(false);
    two();
    vi.advanceTimersByTime(999);
    expect(signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(signal.aborted).toBe(true);
  });

  it('does not run any more when it is cleared, whatever is let go later', () => {
    const { signal, hold, renew, clear } = clock();
    const go = hold();
    clear();
    go();
    renew();
    vi.advanceTimersByTime(60_000);
    expect(signal.aborted).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends with its parent', () => {
    const parent = new AbortController();
    const { signal } = createCallClock({
      ms: 1000,
      renewals: 1,
      server: 'docs',
      what: 'tool',
      parent: parent.signal,
    });
    parent.abort(new Error('enough'));
    expect(signal.reason).toMatchObject({ message: 'enough' });
  });
});
