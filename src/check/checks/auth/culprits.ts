import type { Judged } from '../judged.js';

/** How single parts of a combined request are tried. */
export interface Singly<T> {
  try: (part: T) => Promise<Judged>;
}

/**
 * When a request that combined many things got through: which of them it was. One after another, because a server
 * that is open to one thing is rarely open to many. What cannot be asked any more leaves the combined verdict.
 */
export async function nameCulprits<T>(
  combined: Judged,
  parts: readonly T[],
  singly: Singly<T>,
): Promise<Judged> {
  if (combined.verdict !== 'wrong') return combined;
  const found: Judged[] = [];
  for (const part of parts) {
    const judged = await singly.try(part).catch(() => undefined);
    if (judged === undefined) break;
    if (judged.verdict === 'wrong') found.push(judged);
  }
  const [first] = found;
  if (first === undefined) return combined;
  return { ...first, note: found.map(({ note }) => note).join('; ') };
}
