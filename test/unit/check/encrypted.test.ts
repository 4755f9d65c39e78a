import { expect, test } from 'vitest';
import type { Answer, Audit } from '../../../src/check/audit/types.js';
import { encrypted } from '../../../src/check/checks/network/https.js';
import { placeOf } from '../../../src/check/checks/network/place.js';

/** An audit of a host that no test can reach: its URL and what it would have answered. */
function auditOf(url: string, headers: Answer['headers'] = []): Audit {
  const evidence = { what: 'POST', method: 'POST', path: '/', headers: [], status: 200, ms: 1 };
  const answer = { status: 200, headers, evidence: { ...evidence, responseHeaders: [] } };
  const form = { header: 'Authorization', scheme: 'Bearer', token: 'x', others: [] };
  return { url: new URL(url), form, seen: () => [answer] } as unknown as Audit;
}

test.each(['http://mcp.example/mcp', 'http://192.0.2.7/sse', 'http://box.local:3000/sse'])(
  '%s hands the credential to whoever is on the way',
  async (url) => {
    const finding = await encrypted.run(auditOf(url));
    expect(finding).toMatchObject({ outcome: 'fail' });
    expect(finding.reason).toContain('the credential');
  },
);

test('Strict-Transport-Security is wanted of a public name only', async () => {
  const url = 'https://mcp.example/mcp';
  expect(await encrypted.run(auditOf(url))).toMatchObject({ outcome: 'warn' });
  const strict = [['Strict-Transport-Security', 'max-age=31536000']] as const;
  expect(await encrypted.run(auditOf(url, strict))).toMatchObject({ outcome: 'pass' });
  const ended = [['Strict-Transport-Security', 'max-age=0']] as const;
  expect(await encrypted.run(auditOf(url, ended))).toMatchObject({ outcome: 'warn' });
  for (const other of [
    'https://192.0.2.7/mcp',
    'https://box.local/mcp',
    'https://[2001:db8::1]/',
  ]) {
    expect(await encrypted.run(auditOf(other))).toMatchObject({ outcome: 'pass' });
  }
});

test.each([
  ['http://localhost:1/', 'loopback'],
  ['http://127.8.9.10/', 'loopback'],
  ['http://[::1]/', 'loopback'],
  ['http://[::ffff:127.0.0.1]/', 'loopback'],
  ['http://0.0.0.0/', 'loopback'],
  ['http://10.1.2.3/', 'private'],
  ['http://169.254.169.254/', 'private'],
  ['http://[fd00::2]/', 'private'],
  ['http://intranet/', 'private'],
  ['http://nas.local/', 'private'],
  ['http://8.8.8.8/', 'public'],
  ['http://mcp.example.com/', 'public'],
  ['http://localhost.evil.example/', 'public'],
])('%s is %s', async (url, place) => {
  expect(await placeOf({ url: new URL(url) })).toBe(place);
});
