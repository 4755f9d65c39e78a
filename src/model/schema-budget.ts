/** Bounds the work on a hostile schema, and the size of what comes out. */
export interface Budget {
  /** Takes characters of output. Throws `OverBudget` when they are used up, or returns false when lenient. */
  spend: (characters: number) => boolean;
  /** Counts one visited subschema, likewise. */
  step: () => boolean;
}

export class OverBudget extends Error {}

const MAX_STEPS = 4000;

export function createBudget(characters: number, { lenient }: { lenient: boolean }): Budget {
  let left = characters;
  let steps = MAX_STEPS;
  const verdict = (fits: boolean): boolean => {
    if (!fits && !lenient) throw new OverBudget();
    return fits;
  };
  return {
    spend(count) {
      left -= count;
      return verdict(left >= 0);
    },
    step() {
      steps -= 1;
      return verdict(steps >= 0);
    },
  };
}
