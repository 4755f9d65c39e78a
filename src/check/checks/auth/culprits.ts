import type { Audit } from '../../audit/types.js';
import type { Judged } from '../judged.js';
import { unlessOpenAnyway } from './open-anyway.js';

/** The parts of a combined request, and how a single one is tried. */
export interface Parts<T> {
  parts: readonly T[];
  try: (part: T) => Promise<Judged>;
}

/**
 * When a request that combined many things got through: which of them it was. One after another, and what cannot
 * be asked any more leaves the combined verdict.
 */
export async function nameCulprits<T>(
  audit: Audit,
  combined: Judged,
  singly: Parts<T>,
): Promise<Judged> {
  const judged = await unlessOpenAnyway(audit, combined);
  if (judged.verdict !== 'wrong') return judged;
  const found: Judged[] = [];
  for (const part of singly.parts) {
    const one = await singly.try(part).catch(() => undefined);
    if (one === undefined) break;
    if (one.verdict === 'wrong') found.push(one);
  }
  const [first] = found;
  if (first === undefined) return combined;
  return { ...first, note: found.map(({ note }) => note).join('; ') };
}
