import type { Ratios } from './types.js';

/** The middle value; the mean of the two middle ones of an even number. NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
}

/** `combine` over the two values of each round; a round that only one of them has is left out. */
function pairs(
  ours: readonly number[],
  floor: readonly number[],
  combine: (ours: number, floor: number) => number,
): number[] {
  return ours.flatMap((value, round) => {
    const other = floor[round];
    return other === undefined ? [] : [combine(value, other)];
  });
}

/** Ours ÷ floor, three ways. Neighbouring pairs cancel what the machine did meanwhile. */
export function ratiosOf(ours: readonly number[], floor: readonly number[]): Ratios {
  return {
    pairs: median(pairs(ours, floor, (a, b) => a / b)),
    medians: median(ours) / median(floor),
    minima: Math.min(...ours) / Math.min(...floor),
  };
}

/** Median of ours minus floor over neighbouring pairs. */
export function differenceOf(ours: readonly number[], floor: readonly number[]): number {
  return median(pairs(ours, floor, (a, b) => a - b));
}

/** The smallest value that at least `share` per cent of the values do not exceed. NaN for none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((sorted.length * share) / 100) - 1)] ?? Number.NaN;
}
