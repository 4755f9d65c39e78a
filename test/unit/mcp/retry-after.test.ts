import { describe, expect, it } from 'vitest';
import { retryAfterMs } from '../../../src/mcp/patience.js';

const NOW = Date.parse('2026-07-28T00:00:00Z');

describe('Retry-After', () => {
  it.each([
    [null, undefined],
    ['', undefined],
    ['  ', undefined],
    ['0', 0],
    ['7', 7000],
    [' 7 ', 7000],
    ['315360000', 315_360_000_000],
    ['Tue, 28 Jul 2026 00:00:30 GMT', 30_000],
    ['Mon, 27 Jul 2026 00:00:00 GMT', 0],
    ['soon', 1000],
    ['-5', 1000],
    ['1.5', 1000],
    ['9'.repeat(400), Infinity],
  ])('%s is %s milliseconds', (value, ms) => {
    expect(retryAfterMs(value, NOW)).toBe(ms);
  });
});
