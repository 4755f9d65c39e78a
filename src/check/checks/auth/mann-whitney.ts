export interface Comparison {
  /** Mann and Whitney's U of the first sample. */
  u: number;
  /** Probability of a difference like this, or a greater one, between two samples of the same kind; two-sided. */
  p: number;
}

/**
 * Whether one sample tends to be greater than the other, whatever their distribution: the normal approximation
 * with corrections for ties and continuity, good for eight values and more each.
 * https://doi.org/10.1214/aoms/1177730491
 */
export function mannWhitney(first: readonly number[], second: readonly number[]): Comparison {
  const [m, n] = [first.length, second.length];
  const total = m + n;
  const { ranks, tied } = rankAll([...first, ...second]);
  const sum = ranks.slice(0, m).reduce((all, rank) => all + rank, 0);
  const u = sum - (m * (m + 1)) / 2;
  const variance = ((m * n) / 12) * (total + 1 - tied / (total * (total - 1)));
  if (variance <= 0) return { u, p: 1 };
  const distance = Math.max(0, Math.abs(u - (m * n) / 2) - 0.5);
  return { u, p: Math.min(1, 2 * upperTail(distance / Math.sqrt(variance))) };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  if (sorted.length === 0) return Number.NaN;
  if (sorted.length % 2 === 1) return sorted[Math.floor(middle)] ?? Number.NaN;
  return ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}

/** Ranks from 1, equal values sharing their mean; `tied` is the sum of t³ − t over their groups. */
function rankAll(values: readonly number[]): { ranks: number[]; tied: number } {
  const order = values
    .map((value, index) => ({ value, index }))
    .toSorted((a, b) => a.value - b.value);
  const ranks = Array.from(values, () => 0);
  let tied = 0;
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && order[end]?.value === order[start]?.value) end += 1;
    for (const { index } of order.slice(start, end)) ranks[index] = (start + 1 + end) / 2;
    tied += (end - start) ** 3 - (end - start);
    start = end;
  }
  return { ranks, tied };
}

/** P(Z > z) of the standard normal distribution; Abramowitz and Stegun 7.1.26, to 1.5e-7. */
function upperTail(z: number): number {
  const x = z / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const poly =
    ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  return (poly * Math.exp(-x * x)) / 2;
}
