import { SEVERITIES, type CheckEra } from '../../core/check-events.js';
import type { Account, Budget } from './budget.js';
import type { Check } from './types.js';

/** One check in one era. */
export interface Item {
  check: Check;
  era: CheckEra;
}

/**
 * Every check in every era it is meant for. One for all three eras looks at what they have in
 * common: it is run in the first only.
 */
export function itemsOf(checks: readonly Check[], spoken: readonly CheckEra[]): Item[] {
  return checks.flatMap((check) => {
    const meant = spoken.filter((era) => check.eras.includes(era));
    return (check.eras.length >= 3 ? meant.slice(0, 1) : meant).map((era) => ({ check, era }));
  });
}

/** Most severe first, else in the catalogue's order. */
export function byWorth(items: readonly Item[]): Item[] {
  return items.toSorted((a, b) => rank(a) - rank(b));
}

/** Lets checks begin when the requests they may need can be set aside for them. */
export interface Admission {
  /**
   * The check's account; undefined while it has to wait for what others give back. What more severe
   * checks will need, that come later, is not touched.
   */
  admit: (item: Item) => Account | undefined;
  /** When nobody will give anything back: an account with what is left; undefined when that is nothing. */
  force: (item: Item) => Account | undefined;
  /** It will not be run. */
  drop: (item: Item) => void;
}

export interface AdmissionOptions {
  items: readonly Item[];
  budget: Budget;
  thorough: boolean;
}

export function createAdmission({ items, budget, thorough }: AdmissionOptions): Admission {
  const waiting = new Set(items);
  const cost = ({ check }: Item) =>
    thorough ? (check.thoroughRequests ?? check.requests) : check.requests;
  const room = (item: Item) => {
    const before = [...waiting].filter((other) => other !== item && rank(other) < rank(item));
    return budget.free - before.reduce((sum, other) => sum + cost(other), 0);
  };
  const start = (item: Item, requests: number) => {
    waiting.delete(item);
    return budget.reserve(requests);
  };
  return {
    admit: (item) =>
      cost(item) === 0 || cost(item) <= room(item) ? start(item, cost(item)) : undefined,
    force: (item) => (room(item) > 0 ? start(item, Math.min(cost(item), room(item))) : undefined),
    drop: (item) => waiting.delete(item),
  };
}

function rank({ check }: Item): number {
  return SEVERITIES.indexOf(check.severity);
}
