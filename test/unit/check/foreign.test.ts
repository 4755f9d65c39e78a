import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Audit } from '../../../src/check/audit/types.js';
import { urlFault } from '../../../src/check/checks/challenge/document-url.js';
import { fetchForeign } from '../../../src/check/checks/challenge/foreign.js';
import { type HttpFixture, startHttp } from '../../servers/http.js';

let canary: HttpFixture;
beforeAll(async () => {
  canary = await startHttp((_, response) => response.writeHead(200).end('{"secret":1}'));
});
afterAll(() => canary.close());

const { signal } = new AbortController();
/** What the function looks at. */
const auditOf = (url: string) => ({ url: new URL(url), signal }) as Audit;
const options = { what: 'GET', maxBytes: 1024, timeoutMs: 2_000 };

describe('a server on the internet names an address inside', () => {
  test.each([
    'https://127.0.0.1:PORT/',
    'https://localhost:PORT/',
    'https://[::1]:PORT/',
    'https://[::ffff:127.0.0.1]:PORT/',
    'https://0x7f.1:PORT/',
    'https://2130706433:PORT/',
    'https://0.0.0.0:PORT/',
    'https://10.0.0.1/',
    'https://172.16.0.1/',
    'https://192.168.1.1/',
    'https://100.64.0.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://[fd00::1]/',
    'https://[fe80::1]/',
    'https://[64:ff9b::a00:1]/',
    'http://127.0.0.1:PORT/',
    'http://auth.example/',
    'https://user:password@127.0.0.1:PORT/',
  ])('%s is not asked', async (text) => {
    const url = new URL(text.replace('PORT', String(canary.port)));
    const fetched = await fetchForeign(auditOf('https://mcp.example.com/mcp'), url, options);
    expect(fetched).toEqual({ forbidden: expect.stringContaining('was not asked') });
    expect(JSON.stringify(fetched)).not.toContain('password@');
    expect(canary.seen).toEqual([]);
  });

  test('nor a private one by a server of this machine', async () => {
    const url = new URL('https://10.0.0.1/');
    const fetched = await fetchForeign(auditOf('http://127.0.0.1:1/mcp'), url, options);
    expect(fetched).toMatchObject({ forbidden: expect.stringContaining('10.0.0.1') });
  });
});

test('a server of this machine may name another port of it; the body is kept to its limit', async () => {
  const url = new URL(`${canary.url}/x?y=1`);
  const fetched = await fetchForeign(auditOf('http://127.0.0.1:1/mcp'), url, {
    ...options,
    maxBytes: 4,
  });
  expect(fetched).toMatchObject({ status: 200, cut: true });
  expect('body' in fetched && Buffer.from(fetched.body).toString()).toBe('{"se');
  expect(canary.seen.map(({ path, headers }) => [path, Object.keys(headers).toSorted()])).toEqual([
    ['/x?y=1', ['accept', 'accept-encoding', 'connection', 'host', 'user-agent']],
  ]);
});

test('which URLs metadata may name', () => {
  const remote = { url: new URL('https://mcp.example.com/mcp') };
  const local = { url: new URL('http://127.0.0.1:8080/mcp') };
  expect(urlFault(remote, 'https://auth.example.com/x')).toBeUndefined();
  expect(urlFault(local, 'http://localhost:9/x')).toBeUndefined();
  expect(urlFault(remote, 'http://auth.example.com')).toBe('is http://, not https');
  expect(urlFault(local, 'http://auth.example.com')).toBe('is http://, not https');
  expect(urlFault(remote, 'http://localhost')).toBe('is http://, not https');
  expect(urlFault(remote, 'javascript:alert(1)')).toBe('is javascript://, not https');
  expect(urlFault(remote, 'https://u:p@auth.example.com')).toMatch(/user name/);
  expect(urlFault(remote, 7)).toBe('is no URL');
  expect(urlFault(remote, '//x')).toBe('is no URL');
});
