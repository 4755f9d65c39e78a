import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OstlerError } from '../../src/core/errors.js';
import { createForeignFetch } from '../../src/mcp/auth/foreign-fetch.js';
import { startHttp, type HttpFixture } from '../servers/http.js';
import { startHostile, type HostileOptions } from '../servers/oauth/hostile.js';
import {
  createBin,
  createHome,
  createPerson,
  dialIn,
  failing,
  type Home,
} from '../support/oauth.js';

const bin = createBin();
let home: Home;
/** Something on this machine or near it that must never be asked. */
let canary: HttpFixture;

beforeEach(async () => {
  home = bin.keep(await createHome());
  canary = bin.keep(
    await startHttp((_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.end('{"secret":"canary-of-the-neighbour"}');
    }),
  );
});
afterEach(() => bin.empty());

/** The failure of a login that this server leads astray, and what the person's browser was sent to. */
async function astray(options: HostileOptions | ((port: number) => HostileOptions)) {
  const given = typeof options === 'function' ? options(canary.port) : options;
  const server = bin.keep(await startHostile(given));
  const person = createPerson(home);
  const error = await failing(dialIn(server.mcpUrl, { home, login: person.login }));
  const said = `${error.message} ${error.hint}`;
  expect(error.server).toBe('docs');
  expect(said).not.toContain('canary-of-the-neighbour');
  expect(said).not.toMatch(/a-(?:code|token)-of-the-hostile-server/);
  return { error, person, server };
}

describe('what a server on this machine may not do', () => {
  it.each<[string, HostileOptions, string]>([
    [
      'another resource',
      { resource: () => ({ resource: 'https://other.example/' }) },
      'another resource',
    ],
    ['another issuer', { server: () => ({ issuer: 'https://other.example' }) }, 'another issuer'],
    ['no PKCE at all', { server: () => ({ code_challenge_methods_supported: undefined }) }, 'PKCE'],
    ['PKCE in plain', { server: () => ({ code_challenge_methods_supported: ['plain'] }) }, 'PKCE'],
    [
      'an answer of another kind',
      { server: () => ({ response_types_supported: ['token'] }) },
      'no login with a code',
    ],
    [
      'a page that is no page',
      { server: () => ({ authorization_endpoint: 'file:///etc/passwd' }) },
      'its scheme is file://',
    ],
    [
      'a page for a shell',
      { server: () => ({ authorization_endpoint: 'javascript:alert(1)' }) },
      'not as they have to be',
    ],
    [
      'metadata service',
      { resource: () => ({ authorization_servers: ['https://169.254.169.254'] }) },
      'private or special',
    ],
    [
      'tokens over http elsewhere',
      { server: () => ({ token_endpoint: 'http://10.0.0.1/token' }) },
      'gives no token',
    ],
    [
      'an id of another server',
      { server: () => ({ authorization_response_iss_parameter_supported: true }) },
      'RFC 9207',
    ],
    [
      'userinfo',
      { server: () => ({ token_endpoint: 'https://u:p@login.example/token' }) },
      'user name',
    ],
  ])('%s', async (_, options, said) => {
    const { error, person, server } = await astray(options);
    expect(error.message).toContain(said);
    expect(canary.seen).toEqual([]);
    expect(server.seen.filter(({ path }) => path === '/token')).toEqual([]);
    if (!/RFC 9207|gives no token|user name/.test(said)) expect(person.pages).toEqual([]);
  });

  it('redirect a request for a token, or a registration', async () => {
    for (const path of ['/token', '/register']) {
      for (const status of [302, 303, 307, 308]) {
        const { error } = await astray((port) => ({
          before(request, response) {
            if (request.url !== path) return false;
            response.writeHead(status, { Location: `http://127.0.0.1:${port}/token` });
            response.end();
            return true;
          },
        }));
        expect(error.code).toBe('cross_origin_redirect');
      }
    }
    expect(canary.seen).toEqual([]);
  });

  it('send metadata without an end, or slowly, or redirect them for ever', async () => {
    const endless = await astray({
      before(request, response) {
        if (request.url?.startsWith('/.well-known/oauth-authorization') !== true) return false;
        response.writeHead(200, { 'Content-Type': 'application/json' });
        response.write('{"issuer":"');
        const timer = setInterval(() => response.write('x'.repeat(64 * 1024)), 1);
        response.on('close', () => clearInterval(timer));
        return true;
      },
    });
    expect(endless.error.message).toContain('larger than 262144 bytes');
    const around = await astray({
      before(request, response, own) {
        if (request.url?.startsWith('/.well-known/oauth-authorization') !== true) return false;
        response.writeHead(302, { Location: `${own}${request.url}x` });
        response.end();
        return true;
      },
    });
    expect(around.error.message).toContain('redirects more than 3 times');
  });

  it('refuse every token it has just given', async () => {
    const { error, person, server } = await astray({});
    expect(error).toMatchObject({ code: 'auth_rejected' });
    expect(person.pages).toHaveLength(1);
    // Another try asks nobody again.
    await failing(dialIn(server.mcpUrl, { home, login: person.login }));
    expect(person.pages).toHaveLength(1);
  });

  it('echo in its refusal what it was sent', async () => {
    let sent = '';
    const { error } = await astray({
      before(request, response) {
        if (request.url !== '/token') return false;
        request.on('data', (chunk: Buffer) => (sent += chunk.toString('utf8')));
        request.on('end', () => {
          response.writeHead(400, { 'Content-Type': 'application/json' });
          response.end(
            JSON.stringify({ error: 'invalid_grant', error_description: `\u001b[2J ${sent}` }),
          );
        });
        return true;
      },
    });
    const verifier = new URLSearchParams(sent).get('code_verifier') ?? '';
    expect(verifier.length).toBeGreaterThan(40);
    expect(error.message).toContain('invalid_grant');
    expect(error.message).not.toContain(verifier);
    expect(error.message).not.toContain('\u001b');
  });
});

describe('what a server elsewhere may not make the program look at', () => {
  const elsewhere = new URL('https://mcp.example.com/mcp');
  const ask = (url: string, base = elsewhere) =>
    createForeignFetch({ base, env: {}, signal: new AbortController().signal })(url);

  it.each([
    ['plain http', (port: number) => `http://127.0.0.1:${port}/`],
    ['loopback', (port: number) => `https://127.0.0.1:${port}/`],
    ['loopback by name', (port: number) => `https://localhost:${port}/`],
    ['loopback in hexadecimal', (port: number) => `https://0x7f.1:${port}/`],
    ['loopback as one number', (port: number) => `https://2130706433:${port}/`],
    ['loopback in octal', (port: number) => `https://0177.0.0.1:${port}/`],
    ['loopback of IPv6', (port: number) => `https://[::1]:${port}/`],
    ['loopback in IPv6', (port: number) => `https://[::ffff:127.0.0.1]:${port}/`],
    ['loopback by NAT64', (port: number) => `https://[64:ff9b::7f00:1]:${port}/`],
    ['any address', (port: number) => `https://0.0.0.0:${port}/`],
    ['a private network', () => 'https://10.1.2.3/'],
    ['a private network', () => 'https://192.168.0.1/'],
    ['a unique local address', () => 'https://[fd00::1]/'],
    ['a shared address', () => 'https://100.64.0.1/'],
    ['link-local', () => 'https://169.254.169.254/latest/meta-data'],
    ['link-local of IPv6', () => 'https://[fe80::1]/'],
    ['multicast', () => 'https://224.0.0.1/'],
    ['6to4', () => 'https://[2002:7f00:1::]/'],
  ])('%s', async (_, url) => {
    const error = await failing(ask(url(canary.port)));
    expect(error.code).toBe('forbidden');
    expect(canary.seen).toEqual([]);
  });

  it('another scheme, or a user name', async () => {
    for (const url of ['file:///etc/passwd', 'ftp://10.0.0.1/', 'https://u:p@login.example/']) {
      expect((await failing(ask(url))).code).toBe('forbidden');
    }
  });

  it('a private network is for those who are in one, this machine for those on it', async () => {
    const inside = new URL('https://10.0.0.9/mcp');
    for (const url of ['https://127.0.0.1/', 'https://[::1]/', 'https://169.254.1.1/']) {
      expect((await failing(ask(url, inside))).code).toBe('forbidden');
    }
    const here = new URL('http://localhost:1234/mcp');
    const answer = await ask(`${canary.url}/`, here);
    expect(answer.status).toBe(200);
    // A redirect is no way around it.
    const away = bin.keep(
      await startHttp((_, response) => {
        response.writeHead(302, { Location: 'http://169.254.169.254/' }).end();
      }),
    );
    const error = await failing(ask(`${away.url}/`, here));
    expect(error).toBeInstanceOf(OstlerError);
    expect(error.code).toBe('forbidden');
  });
});
