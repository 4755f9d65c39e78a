/** The requests of one audit. What is reserved for a check is there when its turn comes. */
export interface Budget {
  readonly max: number;
  /** Requests sent so far. */
  readonly used: number;
  /** Requests that are neither sent nor reserved. */
  readonly free: number;
  /** Sets requests aside; takes what there is when there are not as many. */
  reserve: (requests: number) => Account;
}

export interface Account {
  /** Requests taken from this account. */
  readonly used: number;
  /** Counts one request: from what is reserved, then from what is free. Throws `BudgetSpent`. */
  take: () => void;
  /** Gives back what is left. */
  close: () => void;
}

/** Thrown to the check that asks for one request too many; no failure of the server. */
export class BudgetSpent extends Error {
  constructor(max: number) {
    super(`the budget of ${max} requests is used up: raise it with --max-requests`);
    this.name = 'BudgetSpent';
  }
}

export function createBudget(max: number): Budget {
  let used = 0;
  let reserved = 0;
  const budget = {
    max,
    get used() {
      return used;
    },
    get free() {
      return max - used - reserved;
    },
    reserve(requests: number): Account {
      let left = Math.max(0, Math.min(requests, budget.free));
      let own = 0;
      reserved += left;
      return {
        get used() {
          return own;
        },
        take() {
          if (left === 0 && budget.free <= 0) throw new BudgetSpent(max);
          if (left > 0) {
            left -= 1;
            reserved -= 1;
          }
          used += 1;
          own += 1;
        },
        close() {
          reserved -= left;
          left = 0;
        },
      };
    },
  };
  return budget;
}
