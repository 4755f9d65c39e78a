import { expect, test } from 'vitest';
import { mannWhitney, median } from '../../../../src/check/checks/auth/mann-whitney.js';

test('gives the U and the p of published examples', () => {
  // The example of SciPy's mannwhitneyu, method asymptotic with continuity: U = 17, p = 0.1113.
  const { u, p } = mannWhitney([19, 22, 16, 29, 24], [20, 11, 17, 12]);
  expect(u).toBe(17);
  expect(p).toBeCloseTo(0.111346886, 5);
});

test('corrects for ties', () => {
  // By hand: ranks 1.5 1.5 4 4 4 6.5 6.5 8; U = 3.5; variance (16/12) * (9 - 36/56).
  const { u, p } = mannWhitney([1, 1, 2, 3], [2, 2, 3, 4]);
  expect(u).toBe(3.5);
  // erfc(z / √2) of z = (8 - 3.5 - 0.5) / √variance = 1.198289.
  expect(p).toBeCloseTo(0.230804, 5);
});

test('is the same from both sides', () => {
  const [a, b] = [
    [1, 4, 6, 9, 12],
    [2, 3, 7, 8, 20],
  ];
  expect(mannWhitney(a ?? [], b ?? []).p).toBeCloseTo(mannWhitney(b ?? [], a ?? []).p, 12);
});

test('finds a shift of many values and none in equal ones', () => {
  const first = Array.from({ length: 100 }, (_, index) => index % 10);
  expect(mannWhitney(first, first).p).toBeCloseTo(1, 6);
  expect(
    mannWhitney(
      first,
      first.map((value) => value + 5),
    ).p,
  ).toBeLessThan(1e-6);
  expect(mannWhitney([3, 3, 3], [3, 3, 3]).p).toBe(1);
});

test('median of odd, even and no values', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(median([])).toBeNaN();
});
