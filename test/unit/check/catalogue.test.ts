import { expect, it } from 'vitest';
import { CATALOGUE } from '../../../src/check/catalogue.js';
import { ERAS, SEVERITIES } from '../../../src/core/check-events.js';

const GROUPS = { AUTH: 27, CHAL: 7, SESS: 13, NET: 8, HTTP: 10, TOOL: 4 };
/** They delete, flood or take long. */
const ACTIVE = ['AUTH-23', 'AUTH-26', 'AUTH-27', 'SESS-13', 'TOOL-04'];

it('has every check once, in order', () => {
  const ids = Object.entries(GROUPS).flatMap(([group, count]) =>
    Array.from({ length: count }, (_, at) => `${group}-${String(at + 1).padStart(2, '0')}`),
  );
  expect(CATALOGUE.map(({ id }) => id)).toEqual(ids);
});

it.each(CATALOGUE.map((check) => [check.id, check] as const))('%s is told in full', (_, check) => {
  expect(SEVERITIES).toContain(check.severity);
  expect(check.eras.length).toBeGreaterThan(0);
  expect(ERAS).toEqual(expect.arrayContaining([...check.eras]));
  expect(check.references.length).toBeGreaterThan(0);
  for (const { title, url } of check.references) {
    expect(title).not.toBe('');
    expect(new URL(url).protocol).toBe('https:');
  }
  for (const sentence of [check.title, check.expected, check.remedy]) {
    expect(sentence).toMatch(/^[^\n]{10,400}[.?)]$/);
  }
  expect(check.requests).toBeGreaterThanOrEqual(0);
  expect(check.thoroughRequests ?? check.requests).toBeGreaterThanOrEqual(check.requests);
});

it('asks for --active only where much is sent, deleted, or long waited for', () => {
  const active = CATALOGUE.filter((check) => check.active).map(({ id }) => id);
  expect(active).toEqual(expect.arrayContaining(ACTIVE));
});
