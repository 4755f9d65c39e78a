import { randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readIds } from '../../../src/check/checks/session/id-statistics.js';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const many = (make: () => string) => Array.from({ length: 20 }, make);
const read = (...ids: string[]) => readIds(ids, NOW);

describe('ids as they should be', () => {
  const makers: [name: string, make: () => string][] = [
    ['random UUIDs', randomUUID],
    ['16 bytes, hexadecimal', () => randomBytes(16).toString('hex')],
    ['16 bytes, base64url', () => randomBytes(16).toString('base64url')],
    ['a prefix and 16 bytes', () => `mcp-session-${randomBytes(16).toString('hex')}`],
    ['32 bytes, base64', () => randomBytes(32).toString('base64')],
  ];
  test.each(makers)('%s', (_, make) => {
    for (const ids of [[make()], [make(), make()], many(make)]) {
      expect(readIds(ids, NOW)).toMatchObject({ faults: [], doubts: [] });
      expect(readIds(ids, NOW).bits).toBeGreaterThanOrEqual(120);
    }
  });

  test('whatever random UUIDs come', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.uuid({ version: 4 }), { minLength: 1 }), (ids) => {
        expect(readIds(ids, NOW)).toEqual({ faults: [], doubts: [], bits: 122 });
      }),
    );
  });
});

describe('ids that can be guessed', () => {
  const long = randomBytes(16).toString('hex');
  const cases: [ids: string[], fault: RegExp][] = [
    [['1'], /count up/],
    [['session-17'], /count up/],
    [['41', '42', '45'], /count up/],
    [['9', '10'], /count up/],
    [['id-1', 'id-2', 'id-4'], /count up/],
    [['session-00099', 'session-00100'], /count up/],
    [['000000fe', '000000ff', '00000101'], /count up/],
    [[`${long}1`, `${long}2`, `${long}3`], /count up/],
    [['abc', 'abc'], /same id/],
    [['f4c1', '09ab', '77e2'], /16 random bits/],
    [['8301827340', '1230498712'], /33 random bits/],
    [['c232ab00-9414-11ec-b3c8-9f6bdeced846'], /network card/],
    [['1ec9414c-232a-6b00-b3c8-9f6bdeced846'], /network card/],
    [[`\u00e4${long}`], /visible ASCII/],
    [[`${long} ${long}`], /visible ASCII/],
    [[String(NOW)], /0 random bits/],
    [[`${NOW}-4711`, `${NOW + 9}-9041`], /random bits/],
  ];
  test.each(cases)('%j', (ids, fault) => {
    expect(read(...ids).faults.join()).toMatch(fault);
  });
});

describe('ids that are doubtful', () => {
  const tail = () => randomBytes(16).toString('hex');
  const cases: [name: string, ids: string[], doubt: RegExp][] = [
    ['96 bits', [randomBytes(12).toString('hex')], /96 random bits/],
    ['a UUID of version 7', ['019ab0f3-1c00-7c4e-8f0a-4b1d2c3e4f50'], /74 random bits/],
    ['milliseconds first', [`${NOW}-${tail()}`, `${NOW + 5}-${tail()}`], /begin with the time/],
    [
      'seconds first, hexadecimal',
      [`${(NOW / 1000).toString(16)}${tail()}`],
      /begin with the time/,
    ],
    ['base 36', [`${NOW.toString(36)}-${tail()}`], /begin with the time/],
  ];
  test.each(cases)('%s', (_, ids, doubt) => {
    const { faults, doubts } = read(...ids);
    expect(faults).toEqual([]);
    expect(doubts.join()).toMatch(doubt);
  });
});

test('no ids make it throw', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (ids) => {
      expect(readIds(ids, NOW).bits).toBeGreaterThanOrEqual(0);
    }),
  );
});
