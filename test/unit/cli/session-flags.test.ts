import { describe, expect, it } from 'vitest';
import { formatAge, parseAge } from '../../../src/cli/age.js';
import { isInteractive, type ModeInput } from '../../../src/cli/mode.js';
import { withModelOf } from '../../../src/cli/one-shot-session.js';
import { toSessionChoice } from '../../../src/cli/session-choice.js';

describe('which session', () => {
  it.each([
    [{}, { kind: 'new' }],
    [{ continue: true }, { kind: 'latest' }],
    [{ resume: true }, { kind: 'pick' }],
    [{ resume: 'abc' }, { kind: 'stored', id: 'abc' }],
    [{ session: 'a.jsonl' }, { kind: 'file', path: 'a.jsonl' }],
    [{ session: false }, { kind: 'none' }],
  ])('%j is %j', (flags, choice) => {
    expect(toSessionChoice(flags, {})).toEqual(choice);
  });

  it('is none by a variable, unless a flag says otherwise', () => {
    const env = { OSTLER_NO_SESSION: '1' };
    expect(toSessionChoice({}, env)).toEqual({ kind: 'none' });
    expect(toSessionChoice({ continue: true }, env)).toEqual({ kind: 'latest' });
    expect(toSessionChoice({}, { OSTLER_NO_SESSION: '0' })).toEqual({ kind: 'new' });
  });

  it.each([
    { continue: true, resume: true },
    { continue: true, session: false },
    { resume: 'a', session: 'b' },
  ])('cannot be two: %j', (flags) => {
    expect(() => toSessionChoice(flags, {})).toThrow(/cannot be given together/);
  });

  it('goes on with its model, unless one is named', () => {
    const stored = { summary: { model: 'qwen3' } } as Parameters<typeof withModelOf>[0];
    expect(withModelOf(stored, { seed: '1' }, {})).toEqual({ seed: '1', model: 'qwen3' });
    expect(withModelOf(stored, { model: 'x' }, {})).toEqual({ model: 'x' });
    expect(withModelOf(stored, {}, { OSTLER_MODEL: 'y' })).toEqual({});
    expect(withModelOf(undefined, {}, {})).toEqual({});
  });
});

describe('the chat', () => {
  const terminal: ModeInput = {
    print: false,
    outputFormat: 'text',
    stdinIsTerminal: true,
    stdoutIsTerminal: true,
    env: { TERM: 'xterm-256color', CI: 'true' },
  };

  it('is what a terminal gets, in CI too', () => {
    expect(isInteractive(terminal)).toBe(true);
    expect(isInteractive({ ...terminal, env: {} })).toBe(true);
  });

  it.each<Partial<ModeInput>>([
    { print: true },
    { outputFormat: 'json' },
    { outputFormat: 'stream-json' },
    { stdinIsTerminal: false },
    { stdoutIsTerminal: false },
    { env: { TERM: 'dumb' } },
  ])('is not what %j gets', (change) => {
    expect(isInteractive({ ...terminal, ...change })).toBe(false);
  });
});

describe('ages', () => {
  it.each([
    ['45m', 2_700_000],
    ['12h', 43_200_000],
    ['30d', 2_592_000_000],
    [' 4w ', 2_419_200_000],
    ['0d', 0],
  ])('%s are %i ms', (text, ms) => {
    expect(parseAge(text, '--older-than')).toBe(ms);
  });

  it.each(['', '30', 'd', '-1d', '1.5d', '30 days', '9999999d', '1d\u001b[31m'])(
    '%j is none',
    (text) => {
      expect(() => parseAge(text, '--older-than')).toThrow(/--older-than is an age/);
      // oxlint-disable-next-line no-control-regex
      expect(() => parseAge(text, '--older-than')).not.toThrow(/\u001b/);
    },
  );

  it.each([
    [-5000, 'now'],
    [Number.NaN, 'now'],
    [59_999, 'now'],
    [3_599_999, '59 min'],
    [7_200_000, '2 h'],
    [86_400_000 * 55, '55 d'],
    [86_400_000 * 70, '10 w'],
  ])('%i ms ago is %s', (ms, text) => {
    expect(formatAge(ms)).toBe(text);
  });
});
