import { expect, test } from 'vitest';
import { AUTH_CHECKS } from '../../src/check/checks/auth/index.js';
import { FAULTS } from '../servers/auth-faults.js';
import { TOKEN, audited, idsWith } from '../support/faulty.js';

const cases = FAULTS.flatMap(({ eras, ...fault }) => eras.map((era) => ({ ...fault, era })));

test.concurrent.each(cases)(
  '$era: $name: fails $fails',
  async ({ era, fault, fails, says, thorough }) => {
    const { results, of } = await audited({ era, fault, thorough: thorough ?? false });
    expect(idsWith(results, 'fail')).toEqual(fails);
    const [first = ''] = fails;
    if (says !== undefined) expect(of(first).reason).toMatch(says);
    expect(of(first).evidence.length).toBeGreaterThan(0);
    expect(JSON.stringify([...results.values()])).not.toContain(TOKEN);
  },
);

test('each check that asks the server without further tokens has a server that fails it', () => {
  const failed = new Set(FAULTS.flatMap(({ fails }) => fails));
  const elsewhere = ['AUTH-11', 'AUTH-18', 'AUTH-19', 'AUTH-20', 'AUTH-21', 'AUTH-22'];
  const rest = AUTH_CHECKS.filter(({ id, active }) => !active && !failed.has(id));
  expect(rest.map(({ id }) => id)).toEqual(elsewhere);
});
