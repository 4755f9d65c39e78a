import type { ChildProcess } from 'node:child_process';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startHttp } from '../servers/http.js';
import {
  startAuthorizationServer,
  type AuthorizationServer,
  type AuthorizationServerOptions,
} from '../servers/oauth/authorization-server.js';
import { playBrowser } from '../servers/oauth/browser.mjs';
import {
  startGuarded,
  type GuardedServer,
  type GuardedServerOptions,
} from '../servers/oauth/guarded.js';
import { createPerson, type Person } from '../servers/oauth/person.js';
import { runOstler, type RunResult } from '../support/ostler.js';

let person: Person;
const servers: { close: () => Promise<void> }[] = [];
beforeEach(() => {
  person = createPerson();
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  person.remove();
});

async function start(
  options: AuthorizationServerOptions = {},
  guarded: Omit<GuardedServerOptions, 'as'> = {},
): Promise<{ as: AuthorizationServer; server: GuardedServer }> {
  const as = await startAuthorizationServer(options);
  const server = await startGuarded({ as, ...guarded });
  servers.push(as, server);
  return { as, server };
}

const run = (...args: string[]): Promise<RunResult> => runOstler(args, { env: person.env });

/** Runs a login without a terminal; `onUrl` sees the address it tells. */
function login(
  args: readonly string[],
  onUrl: (url: URL, child: ChildProcess) => unknown,
): Promise<RunResult> {
  return runOstler(['mcp', 'login', ...args], {
    env: person.env,
    silentStdin: true,
    onSpawn(child) {
      let text = '';
      let told = false;
      child.stderr?.on('data', (chunk: Buffer) => {
        text += chunk.toString('utf8');
        const [, url] = /^(https?:\/\/\S+)\n/m.exec(text) ?? [];
        if (url === undefined || told) return;
        told = true;
        void onUrl(new URL(url), child);
      });
    },
  });
}

/** What stands in the address bar of a browser that cannot reach this machine. */
async function addressAfter(url: URL): Promise<string> {
  const stopAt = url.searchParams.get('redirect_uri') ?? '';
  return (await playBrowser(url, { stopAt })).url;
}

it('takes the address a browser elsewhere ended at from stdin', async () => {
  const { as, server } = await start();
  const result = await login([server.mcpUrl, '--no-browser', '--json'], async (url, child) => {
    const pasted = await addressAfter(url);
    child.stdin?.write(`nonsense\n\n${pasted}\n`);
  });
  expect(result.code).toBe(0);
  expect(JSON.parse(result.stdout)).toEqual({
    server: '127.0.0.1',
    issuer: as.issuer,
    scopes: ['mcp'],
    kept: { kind: 'file', path: expect.stringContaining(person.home) as string },
    expires: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
    renewable: true,
    already: false,
  });
  expect(result.stderr).toContain('That is not the address this login ends at.');
  expect(result.stderr).toContain('paste the address it ends at here');
  expect(person.opened()).toEqual([]);
  expect(await run('tools', server.mcpUrl)).toMatchObject({ code: 0 });
});

it('only shows the address where there is no terminal, and takes the redirect', async () => {
  const { as, server } = await start();
  const result = await login([server.mcpUrl], (url) => playBrowser(url));
  expect(result).toMatchObject({ code: 0 });
  expect(result.stdout).toContain('✓ 127.0.0.1: logged in\n');
  expect(person.opened()).toEqual([]);
  expect(as.logins()).toBe(1);
});

it.each(['2025-11-25', '2026-07-28'] as const)('logs in to a server of %s', async (era) => {
  const { as, server } = await start({}, { era });
  expect(await login([server.mcpUrl], (url) => playBrowser(url))).toMatchObject({ code: 0 });
  const call = await run('call', server.mcpUrl, 'add_numbers', 'number1=2', 'number2=3');
  expect(call).toMatchObject({ code: 0, stdout: '5\n' });
  expect(as.logins()).toBe(1);
});

it('logs in to a server of HTTP+SSE', async () => {
  const { server } = await start();
  expect(await login([server.sseUrl], (url) => playBrowser(url))).toMatchObject({ code: 0 });
  const call = await run('call', server.sseUrl, 'add_numbers', 'number1=2', 'number2=3');
  expect(call).toMatchObject({ code: 0, stdout: '5\n' });
  // The token is for this address of the server and no other one.
  expect((await run('tools', server.mcpUrl)).code).toBe(3);
});

it('logs in anew with --force only', async () => {
  const { as, server } = await start();
  await login([server.mcpUrl], (url) => playBrowser(url));
  expect((await run('mcp', 'login', server.mcpUrl)).stdout).toContain('logged in already');
  expect(as.logins()).toBe(1);
  const again = await login([server.mcpUrl, '--force'], (url) => playBrowser(url));
  expect(again.stdout).toContain('logged in\n');
  expect(as.logins()).toBe(2);
});

it('uses a client that was registered beforehand, at its port', async () => {
  const redirect = await startHttp((_, response) => response.end());
  const { port } = redirect;
  const { as, server } = await start({
    registration: false,
    clients: [
      {
        client_id: 'known',
        client_secret: 'CANARY-of-the-client',
        redirect_uris: [`http://localhost:${port}/callback`],
        application_type: 'native',
        grant_types: ['authorization_code', 'refresh_token'],
      },
    ],
  });
  const args = [
    server.mcpUrl,
    '--oauth-client-id',
    'known',
    '--client-secret-env',
    'CLIENT_SECRET',
  ];
  const taken = await runOstler(['mcp', 'login', ...args, '--callback-port', String(port)], {
    env: { ...person.env, CLIENT_SECRET: 'CANARY-of-the-client' },
  });
  expect(taken.code).toBe(3);
  expect(taken.stderr).toContain(`port ${port} of 127.0.0.1`);
  expect(taken.stderr).toContain('another program has it');
  await redirect.close();
  person.env['CLIENT_SECRET'] = 'CANARY-of-the-client';
  const result = await login([...args, '--callback-port', String(port)], (url) => {
    expect(url.searchParams.get('client_id')).toBe('known');
    return playBrowser(url);
  });
  expect(result).toMatchObject({ code: 0 });
  expect(result.stdout + result.stderr).not.toContain('CANARY');
  as.expireAccessTokens();
  expect(await run('tools', server.mcpUrl)).toMatchObject({ code: 0 });
  expect(as.tokenRequests()).toEqual(['authorization_code', 'refresh_token']);
});

it('asks for the scopes it is told to', async () => {
  const { server } = await start();
  let asked: string | null = null;
  const result = await login([server.mcpUrl, '--scopes', 'mcp extra', '--json'], (url) => {
    asked = url.searchParams.get('scope');
    return playBrowser(url);
  });
  expect(asked).toMatch(/^mcp extra\b/);
  expect(JSON.parse(result.stdout)).toMatchObject({ scopes: ['mcp', 'extra'] });
  expect(await run('call', server.mcpUrl, 'admin')).toMatchObject({
    code: 0,
    stdout: 'You may.\n',
  });
});

it('tells that the person said no, and nothing of what the page said', async () => {
  const { server } = await start({ deny: true });
  const result = await login([server.mcpUrl], (url) => playBrowser(url));
  expect(result.code).toBe(3);
  expect(result.stderr).toContain('the login was refused');
  expect(result.stderr).not.toMatch(/<b>|\u001b/);
});

it('uses no answer of another issuer', async () => {
  const { as, server } = await start({ iss: 'https://evil.example' });
  const result = await login([server.mcpUrl], (url) => playBrowser(url));
  expect(result.code).toBe(3);
  expect(result.stderr).toContain('RFC 9207');
  expect(as.tokenRequests()).toEqual([]);
});

it('ends with its time limit', async () => {
  const { server } = await start();
  const result = await login([server.mcpUrl, '--timeout', '1s'], () => {});
  expect(result.code).toBe(124);
});

it('ends with a signal', async () => {
  const { server } = await start();
  const result = await login([server.mcpUrl], (_, child) => child.kill('SIGINT'));
  expect(result.code).toBe(130);
});

it('says why a server takes no login', async () => {
  const { server } = await start();
  const header = await run('mcp', 'login', server.mcpUrl, '-H', 'Authorization: Bearer CANARY-x');
  expect(header.code).toBe(2);
  expect(header.stderr).toContain('gets its credentials from its headers');
  expect(header.stderr).not.toContain('CANARY');
  const config = JSON.stringify({ mcpServers: { local: { command: 'node', args: ['x.js'] } } });
  const stdio = await run('mcp', 'login', 'local', '--mcp-config', config);
  expect(stdio.code).toBe(2);
  expect(stdio.stderr).toContain('local is started here as a command');
  const never = JSON.stringify({ mcpServers: { docs: { url: server.mcpUrl, oauth: 'none' } } });
  expect(await run('mcp', 'login', 'docs', '--mcp-config', never)).toMatchObject({
    code: expect.any(Number) as number,
    stderr: expect.stringContaining('oauth') as string,
  });
  expect(await run('mcp', 'login', 'http://127.0.0.1:1/mcp')).toMatchObject({ code: 4 });
  expect((await run('mcp', 'login')).code).toBe(2);
});

it('forgets a login, and knows that there is none', async () => {
  const { as, server } = await start();
  await login([server.mcpUrl], (url) => playBrowser(url));
  expect(JSON.parse((await run('mcp', 'logout', server.mcpUrl, '--json')).stdout)).toEqual({
    server: '127.0.0.1',
    issuers: [as.issuer],
    revoked: true,
  });
  for (const secret of as.secrets()) expect(await as.look(secret)).toBeUndefined();
  expect(await run('mcp', 'logout', server.mcpUrl)).toMatchObject({
    code: 0,
    stdout: '127.0.0.1: there was no login.\n',
  });
  expect((await run('tools', server.mcpUrl)).code).toBe(3);
});

it('forgets a login although its authorization server is gone', async () => {
  const { as, server } = await start();
  await login([server.mcpUrl], (url) => playBrowser(url));
  await as.close();
  const result = await run('mcp', 'logout', server.mcpUrl);
  expect(result.code).toBe(0);
  expect(result.stderr).toContain('could not be revoked');
});

it('revokes the tokens of a server whose client secret is not set here', async () => {
  const { as, server } = await start();
  await login([server.mcpUrl], (url) => playBrowser(url));
  const docs = { url: server.mcpUrl, oauth: { clientId: 'c', clientSecret: '${NOT_SET}' } };
  const config = JSON.stringify({ mcpServers: { docs } });
  const result = await run('mcp', 'logout', 'docs', '--mcp-config', config, '--json');
  expect(result.stderr).toBe('');
  expect(JSON.parse(result.stdout)).toEqual({
    server: 'docs',
    issuers: [as.issuer],
    revoked: true,
  });
});
