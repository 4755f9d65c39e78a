import { describe, expect, it } from 'vitest';
import { selectChecks, type Selection } from '../../../src/cli/check-selection.js';
import { OstlerError } from '../../../src/core/errors.js';
import { checked } from '../render/check/fixtures.js';

const catalogue = [
  checked({ id: 'AUTH-01', severity: 'critical' }),
  checked({ id: 'AUTH-13', severity: 'medium' }),
  checked({ id: 'AUTH-26', severity: 'low', active: true }),
  checked({ id: 'SESS-01', severity: 'high' }),
];
const all: Selection = { only: [], skip: [], severity: undefined, active: false };

function idsOf(selection: Partial<Selection>): string[] {
  return selectChecks(catalogue, { ...all, ...selection }).checks.map(({ id }) => id);
}

function failureOf(selection: Partial<Selection>): OstlerError {
  try {
    idsOf(selection);
  } catch (error) {
    if (error instanceof OstlerError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

describe('which checks run', () => {
  it.each<[Partial<Selection>, string[]]>([
    [{}, ['AUTH-01', 'AUTH-13', 'SESS-01']],
    [{ active: true }, ['AUTH-01', 'AUTH-13', 'AUTH-26', 'SESS-01']],
    [{ only: ['SESS-01, auth-01'] }, ['AUTH-01', 'SESS-01']],
    [{ only: ['auth-*'], skip: ['*-13'] }, ['AUTH-01']],
    [{ only: ['AUTH'], active: true }, ['AUTH-01', 'AUTH-13', 'AUTH-26']],
    [{ skip: ['AUTH-01', 'SESS'] }, ['AUTH-13']],
    [{ severity: 'high' }, ['AUTH-01', 'SESS-01']],
    [{ severity: 'info' }, ['AUTH-01', 'AUTH-13', 'SESS-01']],
  ])('%j', (selection, expected) => {
    expect(idsOf(selection)).toEqual(expected);
  });

  it('says which would need --active', () => {
    expect(selectChecks(catalogue, all).needActive).toEqual(['AUTH-26']);
    expect(selectChecks(catalogue, { ...all, severity: 'medium' }).needActive).toEqual([]);
  });
});

describe('a wrong choice is a usage error', () => {
  it('with the nearest id', () => {
    const { code, message, hint } = failureOf({ only: ['AUTH-1'] });
    expect([code, message]).toEqual([
      'usage',
      '--only: there is no check "AUTH-1"; did you mean "AUTH-01"?',
    ]);
    expect(hint).toContain('ostler check --list');
    expect(failureOf({ skip: ['NOPE-*'] }).message).toContain('--skip: there is no check "NOPE-*"');
  });

  it('when nothing is left', () => {
    expect(failureOf({ only: ['AUTH-13'], severity: 'critical' }).code).toBe('usage');
    expect(failureOf({ only: ['AUTH-26'] }).hint).toContain('--active');
  });
});
