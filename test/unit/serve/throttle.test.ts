import { expect, test } from 'vitest';
import { createThrottle } from '../../../src/serve/http/throttle.js';

test('counts by address, within the window, and forgets afterwards', () => {
  let time = 0;
  const throttle = createThrottle({ limit: 2, windowMs: 10_000, now: () => time });
  expect([throttle.note('a'), throttle.note('a')]).toEqual([undefined, undefined]);
  time = 4_500;
  expect(throttle.note('a')).toMatchObject({ status: 429, headers: { 'Retry-After': '6' } });
  expect(throttle.note('b')).toBeUndefined();
  time = 10_000;
  expect(throttle.note('a')).toBeUndefined();
});

test('a flood of addresses does not fill the memory, and the loud ones are remembered', () => {
  const throttle = createThrottle({ limit: 1, windowMs: 10_000, now: () => 0 });
  throttle.note('first');
  for (let count = 0; count < 5_000; count += 1) {
    throttle.note(`10.0.${count >> 8}.${count & 255}`);
    if (count % 1000 === 0) throttle.note('loud');
  }
  expect(throttle.note('loud')).toBeDefined();
  expect(throttle.note('first')).toBeUndefined();
});
