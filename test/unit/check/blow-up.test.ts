import { expect, test } from 'vitest';
import { mayBlowUp } from '../../../src/check/checks/tools/blow-up.js';

test.each([
  '^(a+)+$',
  '([a-zA-Z]+)*$',
  '(.*)*x',
  '(a|a)*$',
  '^(\\w+\\s?)*$',
  '((a+)b?)+',
  '(x+x+)+y',
  '(?:a{1,30}){1,30}b',
  '^(?<word>[a-z]+)+!$',
])('%s may take for ever', (pattern) => {
  expect(mayBlowUp(pattern)).toBe(true);
});

test.each([
  '^[a-z]+$',
  '^([a-z]+\\.)+$',
  '^(\\d+,)*\\d+$',
  '^([^/]+/)*[^/]+$',
  '^(a+\\s)+$',
  '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$',
  "^(?!\\.)(?!.*\\.\\.)([A-Za-z0-9_'+\\-\\.]*)[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9\\-]*\\.)+[A-Za-z]{2,}$",
  '^(a|b)*$',
  '(',
  '[',
  '\\',
  `${'('.repeat(3_000)}a`,
])('%s does not', (pattern) => {
  expect(mayBlowUp(pattern)).toBe(false);
});

test('looks at a hostile pattern for no longer than a moment', () => {
  const started = performance.now();
  mayBlowUp('([a-z]+'.repeat(500) + ')+'.repeat(500));
  expect(performance.now() - started).toBeLessThan(5_000);
});
