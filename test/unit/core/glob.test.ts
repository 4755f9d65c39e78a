import { describe, expect, it } from 'vitest';
import { matchesGlob } from '../../../src/core/glob.js';

describe('matchesGlob', () => {
  it.each([
    ['math/*', 'math/add', true],
    ['math/*', 'maths/add', false],
    ['*', 'anything/at all', true],
    ['*/delete_*', 'db/delete_all', true],
    ['*/delete_*', 'db/undelete_all', false],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['a.c', 'abc', false],
    ['', '', true],
    ['', 'a', false],
    ['**a**', 'bab', true],
    ['[a]', 'a', false],
  ])('%s on %s is %s', (pattern, text, expected) => {
    expect(matchesGlob(pattern, text)).toBe(expected);
  });

  it('does not blow up on many stars', () => {
    expect(matchesGlob(`${'*a'.repeat(200)}b`, 'a'.repeat(5000))).toBe(false);
  });
});
