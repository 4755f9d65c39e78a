import { afterEach, beforeEach, expect, it } from 'vitest';
import { login, logout } from '../../src/mcp/auth/login.js';
import { remote } from '../servers/definitions.js';
import { startAuthorizationServer } from '../servers/oauth/authorization-server.js';
import { startGuarded } from '../servers/oauth/guarded.js';
import { inspect } from '../support/inspect.js';
import { createBin, createHome, createPerson, dialIn, type Home } from '../support/oauth.js';
import { runOstler } from '../support/ostler.js';

const bin = createBin();
let home: Home;

beforeEach(async () => {
  home = bin.keep(await createHome());
});
afterEach(() => bin.empty());

async function start() {
  const as = bin.keep(await startAuthorizationServer());
  const server = bin.keep(await startGuarded({ as }));
  return { as, server, url: server.mcpUrl };
}

async function logIn(url: string): Promise<void> {
  const { signal } = new AbortController();
  await login(remote(url), { env: home.env, login: createPerson(home).login, signal });
}

const options = () => ({
  env: { OSTLER_HOME: home.dir, OSTLER_NO_KEYCHAIN: '1' },
});

it('inspect tells of the token of a login, while it is good, renewed and no more', async () => {
  const { as, url } = await start();
  expect((await inspect([url], options())).rung('auth').text).toContain('none were sent');
  await logIn(url);
  const good = (await inspect([url], options())).rung('auth');
  expect(good.text).toBe('the token of the login accepted');
  as.expireAccessTokens();
  const renewed = (await inspect([url], options())).rung('auth');
  expect(renewed.details[0]).toContain('401 at first; the token of the login was renewed');
  as.expireAccessTokens();
  as.revokeRefreshTokens();
  const over = (await inspect([url], options())).rung('auth');
  expect(over.text).toContain('the token of the login refused');
  expect(over.hint).toContain('ostler mcp login');
});

it('listen comes with the token of a login', async () => {
  const { url } = await start();
  const without = await runOstler(['listen', url], options());
  expect([without.code, without.stderr]).toEqual([3, expect.stringContaining('mcp login')]);
  await logIn(url);
  const result = await runOstler(['listen', url, '--timeout', '3s'], options());
  expect([result.code, result.stderr]).toEqual([0, expect.not.stringContaining('401')]);
});

it('an audit names the flag for a token, and no login that it would not use', async () => {
  const { url } = await start();
  const { code, stderr } = await runOstler(['check', url], options());
  expect(code).toBe(3);
  expect(stderr).toContain('--token-env');
  expect(stderr).not.toContain('mcp login');
});

it('asks nobody for a login in order to end a session', async () => {
  const { server, url } = await start();
  const person = createPerson(home);
  const connection = await dialIn(url, { home, login: person.login });
  expect(person.pages).toHaveLength(1);
  await logout(remote(url), home.env);
  await connection.close();
  expect(server.seen.filter(({ method }) => method === 'DELETE')).toHaveLength(1);
  expect(person.pages).toHaveLength(1);
});

it('doctor says where the lines are that it leaves out', async () => {
  const { url } = await start();
  const config = JSON.stringify({ mcpServers: { docs: { url } } });
  const { stdout } = await runOstler(['doctor', '--mcp-config', config], options());
  expect(stdout).toMatch(/\(\d more: ostler inspect docs\)/);
  expect(stdout).toContain(`→ Log in with: ostler mcp login ${url}`);
});
