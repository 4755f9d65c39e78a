import { describe, expect, it } from 'vitest';
import { BudgetSpent, createBudget } from '../../../../src/check/audit/budget.js';
import { byWorth, createAdmission, itemsOf } from '../../../../src/check/audit/plan.js';
import { check } from '../../../support/checks.js';

describe('createBudget', () => {
  it('keeps what is reserved for whom it is reserved', () => {
    const budget = createBudget(5);
    const first = budget.reserve(2);
    const second = budget.reserve(2);
    first.take();
    first.take();
    first.take();
    expect(() => first.take()).toThrow(BudgetSpent);
    expect(() => first.take()).toThrow(
      'the budget of 5 requests is used up: raise it with --max-requests',
    );
    second.take();
    second.close();
    first.take();
    expect([first.used, second.used, budget.used, budget.free]).toEqual([4, 1, 5, 0]);
  });

  it('reserves no more than there is', () => {
    const budget = createBudget(3);
    expect(budget.free).toBe(3);
    budget.reserve(10);
    expect(budget.free).toBe(0);
    expect(() => budget.reserve(1).take()).toThrow(BudgetSpent);
  });
});

describe('itemsOf', () => {
  it('repeats a check in a second era only when it is not for all eras', () => {
    const all = check('A-1');
    const some = check('A-2', { eras: ['sessions', 'stateless'] });
    const sse = check('A-3', { eras: ['sse'] });
    const items = itemsOf([all, some, sse], ['sessions', 'stateless']);
    expect(items.map(({ check: { id }, era }) => `${id} ${era}`)).toEqual([
      'A-1 sessions',
      'A-2 sessions',
      'A-2 stateless',
    ]);
  });
});

describe('createAdmission', () => {
  const low = check('L', { severity: 'low', requests: 2 });
  const high = check('H', { severity: 'high', requests: 3 });
  const late = check('C', { severity: 'critical', requests: 3, stage: 'last' });

  it('touches nothing that a more severe check will need later', () => {
    const items = itemsOf([low, high, late], ['sse']);
    const budget = createBudget(7);
    const admission = createAdmission({ items, budget, thorough: false });
    const [lowItem, highItem, lateItem] = items;
    if (!lowItem || !highItem || !lateItem) throw new Error('no items');
    expect(byWorth(items).map(({ check: { id } }) => id)).toEqual(['C', 'H', 'L']);
    expect(admission.admit(lowItem)).toBeUndefined();
    const account = admission.admit(highItem);
    account?.take();
    expect(admission.admit(lowItem)).toBeUndefined();
    account?.close();
    expect(admission.admit(lowItem)).toBeDefined();
    expect(admission.admit(lateItem)).toBeDefined();
  });

  it('forces a check in with what is left, and none where nothing is', () => {
    const items = itemsOf([high, low], ['sse']);
    const admission = createAdmission({ items, budget: createBudget(2), thorough: false });
    const [highItem, lowItem] = items;
    if (!highItem || !lowItem) throw new Error('no items');
    expect(admission.admit(highItem)).toBeUndefined();
    const account = admission.force(highItem);
    account?.take();
    account?.take();
    expect(() => account?.take()).toThrow(BudgetSpent);
    expect(admission.force(lowItem)).toBeUndefined();
  });

  it('lets a check that sends nothing in always, and counts thorough ones', () => {
    const free = check('F', { requests: 0 });
    const thorough = check('T', { requests: 1, thoroughRequests: 9 });
    const items = itemsOf([free, thorough], ['sse']);
    const admission = createAdmission({ items, budget: createBudget(5), thorough: true });
    const [freeItem, thoroughItem] = items;
    if (!freeItem || !thoroughItem) throw new Error('no items');
    expect(admission.admit(thoroughItem)).toBeUndefined();
    expect(admission.admit(freeItem)).toBeDefined();
  });
});
