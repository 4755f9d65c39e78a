import type { CheckEra, CheckResult } from '../../core/check-events.js';
import { mergeResults } from './result.js';
import type { Check } from './types.js';

/** Lets results out in the catalogue's order, each as soon as all before it are known. */
export interface Ordered {
  /** A result that came out of `era`; the check is done when `expected` of them are there. */
  add: (check: Check, era: CheckEra, result: CheckResult) => void;
  /** Checks that are done. */
  readonly done: number;
}

export function createOrdered(
  checks: readonly Check[],
  expected: ReadonlyMap<Check, number>,
  emit: (result: CheckResult) => void,
): Ordered {
  const found = new Map<Check, { era: CheckEra; result: CheckResult }[]>();
  const isDone = (check: Check) => (found.get(check)?.length ?? 0) >= (expected.get(check) ?? 1);
  let next = 0;
  let done = 0;
  return {
    get done() {
      return done;
    },
    add(check, era, result) {
      const results = found.get(check) ?? [];
      results.push({ era, result });
      found.set(check, results);
      if (isDone(check)) done += 1;
      for (let head = checks[next]; head !== undefined && isDone(head); head = checks[next]) {
        const merged = mergeResults(found.get(head) ?? []);
        if (merged !== undefined) emit(merged);
        next += 1;
      }
    },
  };
}
