import { expect, it } from 'vitest';
import { checkAuthorizationUrl } from '../../../../src/mcp/auth/authorization-url.js';
import { OstlerError } from '../../../../src/core/errors.js';
import { resolveTarget } from '../../../../src/config/target.js';
import type { RemoteServer } from '../../../../src/config/types.js';

const serverAt = (url: string) => resolveTarget(url, {}, {}) as RemoteServer;
const PUBLIC = serverAt('https://mcp.example.com/mcp');
const LOCAL = serverAt('http://127.0.0.1:3000/mcp');

function refusal(url: string, server: RemoteServer): OstlerError {
  try {
    checkAuthorizationUrl(new URL(url), server);
  } catch (error) {
    if (error instanceof OstlerError) return error;
    throw error;
  }
  throw new Error(`${url} was let through`);
}

it.each([
  ['javascript:alert(1)', 'its scheme is javascript:'],
  ['data:text/html,<script>alert(1)</script>', 'its scheme is data:'],
  ['file:///System/Applications/Calculator.app', 'its scheme is file:'],
  ['ms-settings://x', 'its scheme is ms-settings:'],
  ['vscode://file/etc/passwd', 'its scheme is vscode:'],
  ['ftp://auth.example.com/', 'its scheme is ftp:'],
  ['http://auth.example.com/authorize', 'it is not https'],
  ['http://x/$(touch (experiment))', 'it is not https'],
  ['http://127.0.0.1:8080/authorize', 'it is not https'],
  ['https://localhost/authorize', 'it is on this machine'],
  ['https://0x7f.1/authorize', 'it is on this machine'],
  ['https://2130706433/authorize', 'it is on this machine'],
  ['https://[::1]/authorize', 'it is on this machine'],
  ['https://[::ffff:127.0.0.1]/authorize', 'it is on this machine'],
  ['https://user:pw@auth.example.com/', 'a user name or password'],
  ['https://good.example@evil.example/', 'a user name or password'],
  ['https://auth.example.com/#fragment', 'a fragment'],
  [`https://auth.example.com/?${'x'.repeat(9000)}`, 'longer than 8192'],
])('sends no browser to %s', (url, why) => {
  const error = refusal(url, PUBLIC);
  expect(error.code).toBe('auth_rejected');
  expect(error.message).toContain(why);
  expect(error.server).toBe('mcp.example.com');
});

it('names no more of a refused address than its scheme', () => {
  expect(refusal('data:text/html,CANARY', PUBLIC).message).not.toContain('CANARY');
  expect(refusal('https://a:CANARY@example.com/?CANARY', PUBLIC).message).not.toContain('CANARY');
});

it('lets a plain http page through only where server and page are on this machine', () => {
  const page = new URL('http://127.0.0.1:9000/authorize?state=x');
  expect(checkAuthorizationUrl(page, LOCAL).href).toBe(page.href);
  expect(refusal('http://auth.example.com/authorize', LOCAL).message).toContain('not https');
  expect(refusal('http://192.168.0.1/authorize', LOCAL).message).toContain('not https');
});

it('leaves an ordinary address as it is', () => {
  const page = 'https://auth.example.com/realms/a%20b/authorize?scope=a+b&state=_-~.x&q=%C3%A9';
  expect(checkAuthorizationUrl(new URL(page), PUBLIC).href).toBe(page);
});

it('writes in percent what a shell would act on, and means the same page', () => {
  const hostile = new URL(
    "https://x.example/$(touch pwned)/a'b;`id`|{c}?x=$(id)&y='\"&calc^<>!*\\",
  );
  const safe = checkAuthorizationUrl(hostile, PUBLIC);
  expect(safe.href).toMatch(/^[\w:/.?&=%~+,@-]+$/);
  expect(decodeURIComponent(safe.pathname)).toBe(decodeURIComponent(hostile.pathname));
  expect([...safe.searchParams]).toEqual([...hostile.searchParams]);
});

it('takes CR, LF and other control characters for part of no command', () => {
  const url = new URL('https://x.example/a\r\nb\u0000c?d=\u001b[2J');
  expect(checkAuthorizationUrl(url, PUBLIC).href).toMatch(/^[\x21-\x7e]+$/);
});
