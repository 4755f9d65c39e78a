import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { login, loginState, logout } from '../../src/mcp/auth/login.js';
import {
  startAuthorizationServer,
  type AuthorizationServerOptions,
} from '../servers/oauth/authorization-server.js';
import { startGuarded, type GuardedServerOptions } from '../servers/oauth/guarded.js';
import { remote } from '../servers/definitions.js';
import { quiet, textOf } from '../servers/connect.js';
import { filesHolding } from '../support/canary.js';
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

beforeEach(async () => {
  home = bin.keep(await createHome());
});
afterEach(() => bin.empty());

async function start(
  asOptions: AuthorizationServerOptions = {},
  options: Omit<GuardedServerOptions, 'as'> = {},
) {
  const as = bin.keep(await startAuthorizationServer(asOptions));
  const server = bin.keep(await startGuarded({ as, ...options }));
  return { as, server };
}

async function add(connection: Awaited<ReturnType<typeof dialIn>>): Promise<string> {
  return textOf(await connection.call('add_numbers', { number1: 2, number2: 3 }, quiet));
}

describe('a server that wants a login', () => {
  it.each([
    ['Streamable HTTP of 2025-11-25', '2025-11-25', 'mcpUrl'],
    ['SSE', '2025-11-25', 'sseUrl'],
    ['Streamable HTTP of 2026-07-28', '2026-07-28', 'mcpUrl'],
  ] as const)('gets one, and a token on every request: %s', async (_, era, where) => {
    const { as, server } = await start({}, { era });
    const person = createPerson(home);
    const told: string[] = [];
    const connection = bin.keep(
      await dialIn(server[where], {
        home,
        login: person.login,
        onWarning: (line) => told.push(line),
      }),
    );
    expect(await add(connection)).toBe('5');
    expect(person.pages).toHaveLength(1);
    const page = new URL(person.pages[0] ?? '');
    expect(page.searchParams.get('code_challenge_method')).toBe('S256');
    expect(page.searchParams.get('resource')).toBe(server[where]);
    expect(page.searchParams.get('scope')).toContain('mcp');
    // Where it is kept is told once.
    expect(told.filter((line) => line.includes(home.credentials))).toHaveLength(1);
    const after = server.seen.length;
    const again = bin.keep(await dialIn(server[where], { home, login: person.login }));
    expect(await add(again)).toBe('5');
    // The second connection knows: no 401, no login, no discovery.
    for (const { headers, path: at } of server.seen.slice(after)) {
      expect(headers.authorization, at).toMatch(/^Bearer \S+$/);
      expect(at).not.toContain('well-known');
    }
    expect(as.logins()).toBe(1);
    for (const { path: at } of server.seen) expect(at).not.toMatch(/token=/);
  });

  it('says what to type where nobody can log in', async () => {
    const { as, server } = await start();
    const error = await failing(dialIn(server.mcpUrl, { home, overrides: { origin: CONFIGURED } }));
    expect(error).toMatchObject({ code: 'auth_required', status: 401, server: 'docs' });
    expect(error.hint).toBe('Log in with: ostler mcp login docs');
    // Nobody was asked for anything: no discovery, no registration.
    expect(as.seen).toEqual([]);
    await expect(readdir(home.dir)).resolves.toEqual([]);
  });

  it('is logged in to once, however many connections want it', async () => {
    const { as, server } = await start();
    const person = createPerson(home);
    const all = await Promise.all(
      Array.from({ length: 5 }, () => dialIn(server.mcpUrl, { home, login: person.login })),
    );
    for (const connection of all) bin.keep(connection);
    expect(await Promise.all(all.map(add))).toEqual(['5', '5', '5', '5', '5']);
    expect(as.logins()).toBe(1);
  });

  it('is not asked again after somebody gave up, until told to', async () => {
    const { as, server } = await start();
    const no = createPerson(home, 'no');
    const first = await failing(dialIn(server.mcpUrl, { home, login: no.login }));
    expect(first).toMatchObject({ code: 'auth_required', server: 'docs' });
    expect(no.pages).toHaveLength(1);
    await failing(dialIn(server.mcpUrl, { home, login: no.login }));
    await failing(dialIn(server.mcpUrl, { home, login: createPerson(home).login }));
    expect(no.pages).toHaveLength(1);
    const yes = createPerson(home);
    const done = await login(remote(server.mcpUrl), { env: home.env, login: yes.login, ...quiet });
    expect(done).toMatchObject({ issuer: as.issuer, already: false });
    const connection = bin.keep(await dialIn(server.mcpUrl, { home }));
    expect(await add(connection)).toBe('5');
  });

  it('says so when the person is refused, and shows nothing of what the page said', async () => {
    const { server } = await start({ deny: true });
    const error = await failing(dialIn(server.mcpUrl, { home, login: createPerson(home).login }));
    expect(error.code).toBe('auth_required');
    expect(error.message).toBe('docs: the login was refused.');
  });

  it('gets no login when its entry says none', async () => {
    const { as, server } = await start();
    const person = createPerson(home);
    const error = await failing(
      dialIn(server.mcpUrl, { home, login: person.login, oauth: 'none' }),
    );
    expect(error.code).toBe('auth_required');
    expect(error.hint).not.toContain('mcp login');
    expect([person.pages, as.seen]).toEqual([[], []]);
  });
});

const CONFIGURED = { layer: 'user', where: 'config.yaml' } as const;

describe('static headers', () => {
  it('never start a login', async () => {
    const { as, server } = await start();
    const person = createPerson(home);
    for (const name of ['Authorization', 'X-Api-Key', 'Cookie']) {
      const headers = [[name, 'Bearer canary-of-the-headers']] as const;
      const error = await failing(
        dialIn(server.mcpUrl, { home, login: person.login, overrides: { headers } }),
      );
      expect(error.code).toBe('auth_rejected');
    }
    expect([person.pages, as.seen]).toEqual([[], []]);
  });

  it('go to the server and nowhere else', async () => {
    const { as, server } = await start();
    const overrides = { headers: [['X-Tenant', 'canary-tenant-0815']] as const };
    const connection = bin.keep(
      await dialIn(server.mcpUrl, { home, login: createPerson(home).login, overrides }),
    );
    expect(await add(connection)).toBe('5');
    await connection.close();
    expect(as.seen.length).toBeGreaterThan(4);
    expect(JSON.stringify(as.seen)).not.toContain('canary-tenant-0815');
    const [wellKnown, others] = [true, false].map((is) =>
      server.seen.filter(({ path: at }) => at.startsWith('/.well-known') === is),
    );
    expect(JSON.stringify(wellKnown)).not.toContain('canary-tenant-0815');
    for (const { headers } of others ?? []) expect(headers['x-tenant']).toBe('canary-tenant-0815');
  });
});

describe('an access token that has ended', () => {
  it('is renewed in the middle, without a person', async () => {
    const { as, server } = await start();
    const person = createPerson(home);
    const connection = bin.keep(await dialIn(server.mcpUrl, { home, login: person.login }));
    as.expireAccessTokens();
    expect(await add(connection)).toBe('5');
    expect(as.tokenRequests()).toEqual(['authorization_code', 'refresh_token']);
    expect(person.pages).toHaveLength(1);
  });

  it('is renewed before it is sent when the clock says so', async () => {
    const { as, server } = await start({ accessTokenSeconds: 5 });
    const person = createPerson(home);
    await login(remote(server.mcpUrl), { env: home.env, login: person.login, ...quiet });
    const before = server.seen.length;
    const connection = bin.keep(await dialIn(server.mcpUrl, { home }));
    expect(await add(connection)).toBe('5');
    const refused = server.seen.slice(before).filter(({ headers }) => !headers.authorization);
    expect(refused.filter(({ path: at }) => at === '/mcp')).toEqual([]);
    expect(as.tokenRequests()).toContain('refresh_token');
  });

  it('is renewed once by many calls at a time', async () => {
    const { as, server } = await start();
    const connection = bin.keep(
      await dialIn(server.mcpUrl, { home, login: createPerson(home).login }),
    );
    as.expireAccessTokens();
    const sums = await Promise.all(Array.from({ length: 8 }, () => add(connection)));
    expect(new Set(sums)).toEqual(new Set(['5']));
    expect(as.tokenRequests()).toEqual(['authorization_code', 'refresh_token']);
  });

  it('costs a new login when the refresh token was revoked, and the old one is dropped', async () => {
    const { as, server } = await start();
    const person = createPerson(home);
    const connection = bin.keep(await dialIn(server.mcpUrl, { home, login: person.login }));
    as.expireAccessTokens();
    as.revokeRefreshTokens();
    expect(await add(connection)).toBe('5');
    expect(person.pages).toHaveLength(2);
    // With nobody there it is an error that says what to type, once and for the next run.
    as.expireAccessTokens();
    as.revokeRefreshTokens();
    const overrides = { origin: CONFIGURED };
    const error = await failing(dialIn(server.mcpUrl, { home, overrides }));
    expect(error).toMatchObject({ code: 'auth_required', server: 'docs' });
    expect(error.hint).toBe('Log in with: ostler mcp login docs');
    expect(await loginState(remote(server.mcpUrl), home.env)).toBeUndefined();
  });
});

describe('more scopes', () => {
  it('are asked for in the middle, together with those there are', async () => {
    const { server } = await start();
    const person = createPerson(home);
    const connection = bin.keep(await dialIn(server.mcpUrl, { home, login: person.login }));
    expect(textOf(await connection.call('admin', {}, quiet))).toBe('You may.');
    expect(person.pages).toHaveLength(2);
    const scope = new URL(person.pages[1] ?? '').searchParams.get('scope')?.split(' ');
    expect(scope).toEqual(expect.arrayContaining(['mcp', 'extra']));
    const state = await loginState(remote(server.mcpUrl), home.env);
    expect(state?.scopes).toEqual(expect.arrayContaining(['mcp', 'extra']));
  });

  it('that are never granted are not asked for twice', async () => {
    const { server } = await start({}, { toolScopes: { admin: 'unheard-of' } });
    const person = createPerson(home);
    const connection = bin.keep(await dialIn(server.mcpUrl, { home, login: person.login }));
    const first = await failing(connection.call('admin', {}, quiet));
    expect(first.exitCode).toBe(3);
    const asked = person.pages.length;
    expect(asked).toBeLessThanOrEqual(3);
    await failing(connection.call('admin', {}, quiet));
    expect(person.pages).toHaveLength(asked);
    expect(await add(connection)).toBe('5');
  });
});

describe('what is kept', () => {
  it('stands in files of 0600 under 0700, and nothing secret anywhere else', async () => {
    const old = process.umask(0);
    try {
      const { as, server } = await start();
      const told: string[] = [];
      const { login: port } = createPerson(home);
      const connection = bin.keep(
        await dialIn(server.mcpUrl, { home, login: port, onWarning: (line) => told.push(line) }),
      );
      await add(connection);
      expect((await stat(home.credentials)).mode & 0o777).toBe(0o700);
      const files = await readdir(home.credentials);
      expect(files.length).toBeGreaterThanOrEqual(2);
      for (const file of files) {
        const { mode } = await stat(path.join(home.credentials, file));
        expect([file, mode & 0o777]).toEqual([file, 0o600]);
      }
      const secrets = as.secrets();
      expect(secrets.length).toBeGreaterThanOrEqual(3);
      for (const secret of secrets) expect(told.join('\n')).not.toContain(secret);
      const holding = filesHolding(home.dir, secrets);
      for (const line of holding) expect(line).toContain(home.credentials);
    } finally {
      process.umask(old);
    }
  });

  it('is revoked and removed by a logout', async () => {
    const { as, server } = await start();
    const definition = remote(server.mcpUrl);
    const { login: port } = createPerson(home);
    await login(definition, { env: home.env, login: port, ...quiet });
    expect(await loginState(definition, home.env)).toMatchObject({
      issuer: as.issuer,
      scopes: expect.arrayContaining(['mcp']),
      renewable: true,
      where: { kind: 'file' },
    });
    const out = await logout(definition, home.env);
    expect(out).toEqual({ issuers: [as.issuer], revoked: true });
    expect(as.seen.map(({ path: at }) => at)).toContain('/token/revocation');
    expect(await loginState(definition, home.env)).toBeUndefined();
    expect(await logout(definition, home.env)).toEqual({ issuers: [], revoked: false });
    expect((await failing(dialIn(server.mcpUrl, { home }))).code).toBe('auth_required');
  });

  it('is for this exact URL', async () => {
    const { server } = await start();
    const { login: port } = createPerson(home);
    await login(remote(server.mcpUrl), { env: home.env, login: port, ...quiet });
    expect(await loginState(remote(`${server.mcpUrl}?x=1`), home.env)).toBeUndefined();
    const error = await failing(dialIn(server.sseUrl, { home }));
    expect(error.code).toBe('auth_required');
  });

  it('is used again by a second login unless it is to be a new one', async () => {
    const { as, server } = await start();
    const person = createPerson(home);
    const options = { env: home.env, login: person.login, ...quiet };
    await login(remote(server.mcpUrl), options);
    expect(await login(remote(server.mcpUrl), options)).toMatchObject({ already: true });
    expect(as.logins()).toBe(1);
    const forced = await login(remote(server.mcpUrl), { ...options, force: true });
    expect(forced.already).toBe(false);
    expect(as.logins()).toBe(2);
    // The client that was registered the first time is the same.
    const clients = person.pages.map((page) => new URL(page).searchParams.get('client_id'));
    expect(new Set(clients).size).toBe(1);
  });
});
