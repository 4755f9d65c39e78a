import { beforeEach, describe, expect, it } from 'vitest';
import {
  givenToken,
  readCredentials,
  withoutSecretQuery,
} from '../../../../src/check/audit/credentials.js';
import { forgetSecrets, redact } from '../../../../src/core/redact.js';
import { remote } from '../../../support/audit.js';

type Headers = [string, string][];
const ENDPOINT = 'http://127.0.0.1:1/mcp';
const read = (headers: Headers, url = ENDPOINT) => readCredentials(remote(url, headers));

beforeEach(forgetSecrets);

describe('the form of the good credential', () => {
  it.each<[Headers, object]>([
    [
      [
        ['X-Api-Key', 'key-1'],
        ['Authorization', 'Bearer tok-1'],
      ],
      { header: 'Authorization', scheme: 'Bearer', token: 'tok-1' },
    ],
    [[['authorization', 'bare']], { header: 'authorization', scheme: undefined, token: 'bare' }],
    [
      [
        ['X-Tenant', 'acme'],
        ['X-API-Key', 'a b'],
      ],
      { header: 'X-API-Key', scheme: undefined, token: 'a b' },
    ],
    [[['Cookie', 'sid=1']], { header: 'Cookie', scheme: undefined, token: 'sid=1' }],
  ])('is found in %j', (headers, form) => {
    expect(read(headers).form).toMatchObject(form);
  });

  it('is undefined where there is none', () => {
    const { form, good, none, names, wrong } = read([['X-Tenant', 'acme']]);
    expect(form).toBeUndefined();
    expect(good.headers).toEqual([['X-Tenant', 'acme']]);
    expect(none.headers).toEqual(good.headers);
    expect(names).toEqual([]);
    expect(wrong().headers[1]?.[1]).toMatch(/^Bearer \w{32}$/);
  });

  it('is Basic for a user name in the URL', () => {
    const { form, good } = read([], 'http://us%65r:pass-word@127.0.0.1:1/mcp');
    const basic = Buffer.from('user:pass-word').toString('base64');
    expect(good.headers).toEqual([['Authorization', `Basic ${basic}`]]);
    expect(form).toMatchObject({ scheme: 'Basic', token: basic });
  });
});

describe('what is made of it', () => {
  const headers: Headers = [
    ['X-Tenant', 'acme'],
    ['X-Gate-Secret', 'gate-secret'],
    ['Authorization', 'Bearer Abc-123.xyz'],
  ];

  it('keeps the other headers, "none" only the harmless ones', () => {
    const { good, none, withToken, names } = read(headers);
    expect(good.headers).toEqual(headers);
    expect(none.headers).toEqual([['X-Tenant', 'acme']]);
    expect(withToken('t2', 'other')).toEqual({
      label: 'other',
      headers: [headers[0], headers[1], ['Authorization', 'Bearer t2']],
    });
    expect(names).toEqual(['X-Gate-Secret', 'Authorization']);
  });

  it('is a wrong token of the same form, another one each time', () => {
    const { wrong } = read(headers);
    const tokens = Array.from({ length: 50 }, () => wrong().headers.at(-1)?.[1] ?? '');
    for (const token of tokens) expect(token).toMatch(/^Bearer [A-Z][a-z]{2}-\d{3}\.[a-z]{3}$/);
    expect(new Set(tokens).size).toBeGreaterThan(45);
    expect(tokens).not.toContain('Bearer Abc-123.xyz');
  });

  it('stays hexadecimal, and never is the good one', () => {
    const hex = '0123456789abcdef'.repeat(4);
    expect(read([['X-Api-Key', hex]]).wrong().headers[0]?.[1]).toMatch(/^[0-9a-f]{64}$/);
    expect(read([['X-Api-Key', '----']]).wrong().headers[0]?.[1]).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe('a secret in the query', () => {
  const url = 'http://127.0.0.1:1/mcp?a=1&api_key=in-the-url&b';

  it('goes with the good credential only', () => {
    const { good, none, wrong, form, names } = read([], url);
    expect(good.query).toBe('api_key=in-the-url');
    expect([none.query, wrong().query, form]).toEqual([undefined, undefined, undefined]);
    expect(names).toEqual(['?api_key']);
    expect(withoutSecretQuery(new URL(url)).href).toBe('http://127.0.0.1:1/mcp?a=1&b');
  });

  it('is nothing where there is none', () => {
    expect(read([], 'http://127.0.0.1:1/mcp?a=%2F').good).not.toHaveProperty('query');
    const plain = 'http://127.0.0.1:1/mcp?a=%2F&&';
    expect(withoutSecretQuery(new URL(plain)).href).toBe(plain);
  });
});

describe('a token given on the side', () => {
  it('may come with its scheme, and is a secret', () => {
    const credentials = read([['Authorization', 'Bearer good-token']]);
    const second = givenToken(credentials, 'bearer second-token\n', 'second');
    expect(second).toEqual({
      label: 'second',
      headers: [['Authorization', 'Bearer second-token']],
    });
    expect(redact('it said second-token')).not.toContain('second-token');
    expect(givenToken(credentials, undefined, 'second')).toBeUndefined();
  });
});
