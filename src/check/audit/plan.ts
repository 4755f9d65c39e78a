import { SEVERITIES, type CheckEra } from '../../core/check-events.js';
import type { Account, Budget } from './budget.js';
import type { Check } from './types.js';

/** One check in one era, with the requests set aside for it. */
export interface Item {
  check: Check;
  era: CheckEra;
  account: Account;
}

/** What will be run, and what will not for want of requests. */
export interface Plan {
  items: readonly Item[];
  /** Lowest severity first. */
  dropped: readonly { check: Check; era: CheckEra }[];
}

/**
 * Sets requests aside for every check in every era it is meant for. A check for all three eras
 * looks at what they have in common: it is run in the first one only. Where the budget does not
 * reach, checks of the lowest severity go first, and of these the last ones.
 */
export function planChecks(
  checks: readonly Check[],
  { eras, budget, thorough }: { eras: readonly CheckEra[]; budget: Budget; thorough: boolean },
): Plan {
  const cost = (check: Check) =>
    thorough ? (check.thoroughRequests ?? check.requests) : check.requests;
  const wanted = checks.flatMap((check) => erasOf(check, eras).map((era) => ({ check, era })));
  let missing = wanted.reduce((sum, { check }) => sum + cost(check), 0) - budget.free;
  const dropped: (typeof wanted)[number][] = [];
  const byWorth = wanted.toReversed().toSorted((a, b) => rank(b.check) - rank(a.check));
  for (const item of byWorth) {
    if (missing <= 0) break;
    if (cost(item.check) === 0) continue;
    missing -= cost(item.check);
    dropped.push(item);
  }
  const items = wanted
    .filter((item) => !dropped.includes(item))
    .map((item) => ({ ...item, account: budget.reserve(cost(item.check)) }));
  return { items, dropped };
}

function erasOf({ eras }: Check, spoken: readonly CheckEra[]): CheckEra[] {
  const meant = spoken.filter((era) => eras.includes(era));
  return eras.length >= 3 ? meant.slice(0, 1) : meant;
}

function rank({ severity }: Check): number {
  return SEVERITIES.indexOf(severity);
}
