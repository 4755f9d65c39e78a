import type { Challenge } from './context.js';
import type { Grant } from './types.js';

/** Which scopes are worth to be asked for after a 403; never the same ones twice, never without end. */
export interface StepUps {
  /** Those there are and those that are wanted, or undefined when no new authorization would help. */
  next: (grant: Grant | undefined, challenge: Challenge) => Promise<string | undefined>;
  /** A request was let in with what came of the last one. */
  reset: () => void;
}

const MAX_IN_A_ROW = 2;

export function createStepUps(): StepUps {
  const tried = new Set<string>();
  let inARow = 0;
  return {
    async next(grant, { error, scope }) {
      if (error !== 'insufficient_scope' || grant === undefined) return undefined;
      const { computeScopeUnion, isStrictScopeSuperset } = await import('./sdk-auth.js');
      const { tokens, asked } = grant;
      const union = computeScopeUnion(asked, tokens.scope, scope);
      if (union === undefined || !isStrictScopeSuperset(union, tokens.scope ?? asked)) {
        return undefined;
      }
      if (tried.has(union) || inARow >= MAX_IN_A_ROW) return undefined;
      tried.add(union);
      inARow += 1;
      return union;
    },
    reset() {
      inARow = 0;
    },
  };
}
