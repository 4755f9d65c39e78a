import { describe, expect, it } from 'vitest';
import { OstlerError } from '../../../src/core/errors.js';
import { checkRequired, type Outcome } from '../../../src/mcp/required.js';

const up = (id: string): Outcome => ({
  id,
  required: false,
  connection: {},
  status: { status: 'connected' },
});
const down = (id: string, required = false): Outcome => ({
  id,
  required,
  error: new OstlerError('auth_required', `${id} wants credentials.`, {
    server: id,
    hint: 'give them',
  }),
  status: { status: 'failed' },
});
const off = (id: string): Outcome => ({ id, required: false, status: { status: 'disabled' } });

describe('nothing is missing', () => {
  for (const [name, results, require] of [
    ['when nothing is required', [down('a')], undefined],
    ['when all are up', [up('a'), up('b'), off('c')], 'all'],
    ['when any is up', [down('a'), up('b')], 'any'],
    ['when the listed ones are up', [up('a'), down('b')], ['a']],
    ['when there are none', [], 'all'],
  ] as const) {
    it(name, () => {
      expect(() => checkRequired(results, require)).not.toThrow();
    });
  }
});

describe('something is missing', () => {
  for (const [name, results, require, message] of [
    [
      'when one is marked as required',
      [up('a'), down('b', true)],
      undefined,
      'b wants credentials.',
    ],
    ['when all are required', [up('a'), down('b')], 'all', 'b wants credentials.'],
    ['when several are', [down('a'), down('b')], 'all', 'a wants credentials. Also missing: b.'],
    ['when none is up', [down('a'), down('b')], 'any', 'a wants credentials. Also missing: b.'],
    ['when there is none', [], 'any', 'At least one server is required, but none is configured.'],
    ['when a listed one is down', [up('a'), down('b')], ['b'], 'b wants credentials.'],
    ['when a listed one is disabled', [up('a'), off('b')], ['b'], 'b is required, but disabled.'],
    [
      'when a listed one is unknown',
      [up('a')],
      ['x'],
      'No server named x is configured, but it is required.',
    ],
  ] as const) {
    it(name, () => {
      expect(() => checkRequired(results, require)).toThrow(message);
    });
  }

  it('keeps the code, the hint and the server of the first', () => {
    expect(() => checkRequired([down('a'), down('b')], 'all')).toThrow(
      expect.objectContaining({ code: 'auth_required', hint: 'give them', server: 'a' }),
    );
  });
});
