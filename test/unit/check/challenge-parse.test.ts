import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Challenge,
  findChallenge,
  parseChallenges,
} from '../../../src/check/checks/challenge/parse.js';

type Plain = [scheme: string, params: Record<string, string>, token68?: string];

const plain = ({ scheme, params, token68 }: Challenge): Plain =>
  token68 === undefined
    ? [scheme, Object.fromEntries(params)]
    : [scheme, Object.fromEntries(params), token68];

describe('what RFC 9110 §11.6.1 allows', () => {
  const cases: [lines: string[], challenges: Plain[]][] = [
    [['Bearer'], [['Bearer', {}]]],
    [['Bearer realm="mcp"'], [['Bearer', { realm: 'mcp' }]]],
    [['bearer realm=mcp'], [['bearer', { realm: 'mcp' }]]],
    [
      ['Bearer realm="a, b=\\"c\\"", error="invalid_token"'],
      [['Bearer', { realm: 'a, b="c"', error: 'invalid_token' }]],
    ],
    [['Bearer Realm = "x" ,\t SCOPE\t=\t"a b"'], [['Bearer', { realm: 'x', scope: 'a b' }]]],
    [
      ['Newauth realm="apps", type=1, title="Login to \\"apps\\"", Basic realm="simple"'],
      [
        ['Newauth', { realm: 'apps', type: '1', title: 'Login to "apps"' }],
        ['Basic', { realm: 'simple' }],
      ],
    ],
    [
      ['Basic, Bearer resource_metadata="https://h/x?a=1,2"'],
      [
        ['Basic', {}],
        ['Bearer', { resource_metadata: 'https://h/x?a=1,2' }],
      ],
    ],
    [
      ['Negotiate YII=, Bearer realm=x'],
      [
        ['Negotiate', {}, 'YII='],
        ['Bearer', { realm: 'x' }],
      ],
    ],
    [[', ,Bearer realm="",,error=a,'], [['Bearer', { realm: '', error: 'a' }]]],
    [
      ['Basic realm="one"', 'Bearer realm="two"'],
      [
        ['Basic', { realm: 'one' }],
        ['Bearer', { realm: 'two' }],
      ],
    ],
  ];
  test.each(cases)('%j', (lines, challenges) => {
    const parsed = parseChallenges(lines);
    expect(parsed.problems).toEqual([]);
    expect(parsed.challenges.map(plain)).toEqual(challenges);
  });
});

describe('what it does not allow', () => {
  const cases: [line: string, problem: RegExp][] = [
    ['', /no scheme/],
    [' ,, ', /no scheme/],
    ['realm="x"', /before any scheme/],
    ['Bearer realm="x', /whole quoted string at character 14/],
    ['Bearer realm="x\\', /whole quoted string/],
    ['Bearer realm="a\u0007"', /whole quoted string/],
    ['Bearer realm="a" error="b"', /comma is missing/],
    ['Bearer realm', /^$/],
    ['Bearer realm="a", realm="b"', /twice/],
    ['Bearer realm x', /without "="/],
    ['Bearer "x"', /without "="/],
    ['"Bearer"', /neither a scheme/],
    ['Bearer realm=https://h/', /comma is missing/],
    ['Bearer;realm=x', /comma is missing/],
  ];
  test.each(cases)('%j', (line, problem) => {
    const parsed = parseChallenges([line]);
    expect(parsed.problems.join()).toMatch(problem);
  });

  test('what stood before the fault is kept', () => {
    const parsed = parseChallenges(['Basic realm="x", Bearer realm="a", realm="b", error=c']);
    expect(parsed.challenges.map(plain)).toEqual([
      ['Basic', { realm: 'x' }],
      ['Bearer', { realm: 'a' }],
    ]);
  });
});

const token = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}$/);
const value = fc.stringMatching(/^[\t -~\u0080-\u00ff]{0,20}$/);
const challenge = fc.record({
  scheme: token,
  params: fc.uniqueArray(fc.tuple(token, value), {
    maxLength: 4,
    selector: ([name]) => name.toLowerCase(),
  }),
});
const blanks = fc.constantFrom('', ' ', '\t');

test('everything that is written by the grammar is read back, in one line or several', () => {
  const written = fc.tuple(fc.array(challenge, { minLength: 1, maxLength: 4 }), blanks, blanks);
  fc.assert(
    fc.property(written, fc.boolean(), ([challenges, before, after], together) => {
      const lines = challenges.map(({ scheme, params }) => {
        const list = params.map(
          ([name, text]) =>
            `${name}${before}=${after}"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`,
        );
        return params.length === 0 ? scheme : `${scheme} ${list.join(`${before},${after}`)}`;
      });
      const parsed = parseChallenges(together ? [lines.join(', ')] : lines);
      expect(parsed.problems).toEqual([]);
      expect(parsed.challenges.map(plain)).toEqual(
        challenges.map(({ scheme, params }) => [
          scheme,
          Object.fromEntries(params.map(([name, text]) => [name.toLowerCase(), text])),
        ]),
      );
    }),
  );
});

test('no text makes it throw, hang or invent a scheme that is not there', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      for (const { scheme } of parseChallenges([text]).challenges) expect(text).toContain(scheme);
    }),
  );
  const long = `Bearer ${'a=,'.repeat(20_000)}"${'\\'.repeat(20_001)}`;
  expect(parseChallenges([long]).problems).toHaveLength(1);
});

test('a scheme is found without regard to case', () => {
  const parsed = parseChallenges(['Basic realm="x", BEARER realm="y"']);
  expect(findChallenge(parsed, 'bearer')?.params.get('realm')).toBe('y');
  expect(findChallenge(parsed, 'digest')).toBeUndefined();
});
