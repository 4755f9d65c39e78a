import { describe, expect, it } from 'vitest';
import { headerWarnings } from '../../../../src/check/reach/header-warnings.js';
import type { HeaderOrigin } from '../../../../src/config/types.js';

const now = Date.UTC(2026, 0, 2);
const near = { url: new URL('http://127.0.0.1/mcp'), now };
const far = { url: new URL('http://mcp.example.com/mcp'), now };
const safe = { url: new URL('https://mcp.example.com/mcp'), now };

const told = (value: string, name = 'Authorization') =>
  headerWarnings({ name, value }, safe).join('; ');

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (claims: object, signature = 'c2ln') =>
  `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}.${signature}`;

describe('what is odd about a header', () => {
  it.each([
    ['Bearer ${TOKEN}', 'literal ${'],
    ['Bearer {env:TOKEN}', 'literal ${'],
    ['Bearer $TOKEN', 'literal $NAME'],
    ['$TOKEN', 'literal $NAME'],
    ['Bearer {{token}}', 'placeholder'],
    ['Bearer <your token>', 'placeholder'],
    ['Bearer YOUR_API_KEY', 'placeholder'],
    ['Bearer %TOKEN%', 'placeholder'],
    ['"Bearer abcdefgh"', 'quotes'],
    ["Bearer 'abcdefgh'", 'quotes'],
    ['Bearer Bearer abcdefgh', 'says Bearer twice'],
    ['bearer Bearer abcdefgh', 'says bearer twice'],
    ['Bearer', 'without a token'],
    ['', 'is empty'],
    ['abcdefgh', 'no scheme'],
    ['Bearer abc def', 'white space within'],
    ['Bearer abcdefgh...', 'cut off'],
    ['Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0', 'less than three parts'],
    ['Bearer eyJhbGciOiJSUzI1NiJ9', 'less than three parts'],
    ['Basic not base64', 'no Basic credential'],
    ['Basic YWJj', 'no Basic credential'],
    ['Bearer clé', 'not ASCII'],
    [`Bearer ${jwt({ exp: now / 1000 - 60 })}`, 'expired at 2026-01-01T23:59Z'],
    [`Bearer ${jwt({ nbf: now / 1000 + 60 })}`, 'not valid before'],
    [`Bearer ${jwt({ exp: now / 1000 + 60 }, '')}`, 'without a signature'],
  ])('%s', (value, words) => {
    expect(told(value)).toContain(words);
  });

  it.each([
    'Bearer abcdefgh',
    'Bearer a$b-c$d',
    'Basic YW5uOnNlY3JldA==',
    'Token abcdefgh',
    `Bearer ${jwt({ exp: now / 1000 + 60 })}`,
    `Bearer ${jwt({ exp: 'soon' })}`,
    'Bearer a.b.c',
  ])('nothing: %s', (value) => {
    expect(told(value)).toBe('');
  });

  it('holds for headers of any name; a scheme is asked of Authorization alone', () => {
    expect(told('abcdefgh', 'X-Api-Key')).toBe('');
    expect(told('$KEY', 'X-Api-Key')).toContain('literal $NAME');
    expect(told(jwt({ exp: 1 }), 'X-Token')).toContain('expired');
    expect(told('text/html', 'Accept')).toBe('');
  });

  it('tells of white space that was cut off', () => {
    const origin: HeaderOrigin = {
      name: 'X-Key',
      origin: { layer: 'flag', where: '--header' },
      references: [],
      trimmed: true,
    };
    const [warning] = headerWarnings({ name: 'X-Key', value: 'abc', origin }, safe);
    expect(warning).toContain('white space');
  });

  it('tells of secrets that go unencrypted to another machine', () => {
    const secret = { name: 'X-Key', value: 'abcdef' };
    expect(headerWarnings(secret, far)).toEqual(['goes to mcp.example.com unencrypted (http)']);
    expect(headerWarnings(secret, near)).toEqual([]);
    expect(headerWarnings({ name: 'Accept-Language', value: 'de' }, far)).toEqual([]);
  });

  it('never repeats the value', () => {
    const token = jwt({ exp: 1, sub: 'ann' });
    expect(told(`Bearer ${token}`)).not.toContain(token.slice(0, 20));
  });
});
