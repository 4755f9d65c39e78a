import { chmod, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { redact } from '../../../../src/core/redact.js';
import { createTokenStore, expiryOf } from '../../../../src/mcp/auth/token-store.js';
import type { Grant } from '../../../../src/mcp/auth/types.js';
import { createBin, createHome, failing, type Home } from '../../../support/oauth.js';

const SERVER = 'https://mcp.example.com/mcp?tenant=1';
const ISSUER = 'https://login.example.com/';

const bin = createBin();
let home: Home;

beforeEach(async () => {
  home = bin.keep(await createHome());
});
afterEach(() => bin.empty());

function grantOf(more: Partial<Grant> = {}): Grant {
  return {
    issuer: ISSUER,
    kind: 'authorization_code',
    tokens: {
      access_token: 'access-token-0815',
      token_type: 'Bearer',
      refresh_token: 'refresh-token-4711',
      expires_in: 60,
      scope: 'a b',
    },
    client: { client_id: 'c', client_secret: 'client-secret-42', unheard_of: { kept: [1, null] } },
    receivedAt: 1_000_000,
    ...more,
  };
}

async function onlyFile(): Promise<string> {
  const files = (await readdir(home.credentials)).filter((name) => name.endsWith('.json'));
  expect(files).toHaveLength(1);
  return path.join(home.credentials, files[0] ?? '');
}

describe('the store', () => {
  it('gives back what it got, word for word, and registers what is secret in it', async () => {
    const store = await createTokenStore(home.env);
    expect(await store.has(SERVER)).toBe(false);
    const where = await store.save(SERVER, grantOf());
    expect(where).toEqual({ kind: 'file', path: await onlyFile() });
    const other = await createTokenStore(home.env);
    expect(await other.has(SERVER)).toBe(true);
    expect(await other.grants(SERVER)).toEqual([grantOf()]);
    const secrets = 'access-token-0815 refresh-token-4711 client-secret-42';
    expect(redact(secrets)).not.toMatch(/0815|4711|42/);
    expect(redact('Bearer access-token-0815')).not.toContain('0815');
    expect(await other.states(SERVER)).toEqual([
      {
        issuer: ISSUER,
        kind: 'authorization_code',
        clientId: 'c',
        scopes: ['a', 'b'],
        where,
        expiresAt: 1_060_000,
        renewable: true,
      },
    ]);
  });

  it('keeps apart servers that differ in one character, and authorization servers', async () => {
    const store = await createTokenStore(home.env);
    await store.save(SERVER, grantOf());
    await store.save(SERVER, grantOf({ issuer: 'https://other.example', receivedAt: 2_000_000 }));
    expect(await store.has(`${SERVER}1`)).toBe(false);
    const issuers = async () => (await store.grants(SERVER)).map(({ issuer }) => issuer);
    expect(await issuers()).toEqual(['https://other.example', ISSUER]);
    await store.remove(SERVER, ISSUER);
    expect(await issuers()).toEqual(['https://other.example']);
  });

  it('keeps clients by authorization server and redirect URI', async () => {
    const store = await createTokenStore(home.env);
    const client = { client_id: 'x', registration_access_token: 'registration-token-1' };
    const registration = { issuer: ISSUER, redirectUri: 'http://127.0.0.1:1/callback', client };
    await store.saveRegistration(registration);
    await store.saveRegistration({ ...registration, redirectUri: 'http://127.0.0.1:2/callback' });
    expect(await store.registrations(ISSUER)).toHaveLength(2);
    expect(await store.registrations('https://other.example')).toEqual([]);
    expect(redact('registration-token-1')).not.toContain('registration');
    await store.forgetRegistrations(ISSUER);
    expect(await store.registrations(ISSUER)).toEqual([]);
  });

  it('knows when a token ends, also when the seconds are a text', () => {
    const tokens = { access_token: 'x', token_type: 'Bearer' };
    expect(expiryOf(grantOf({ tokens: { ...tokens, expires_in: 10 } }))).toBe(1_010_000);
    const text = { ...tokens, expires_in: '10' } as unknown as Grant['tokens'];
    expect(expiryOf(grantOf({ tokens: text }))).toBe(1_010_000);
    expect(expiryOf(grantOf({ tokens }))).toBeUndefined();
  });
});

describe('its files', () => {
  const write = async () => {
    const store = await createTokenStore(home.env);
    await store.save(SERVER, grantOf());
    return { store, file: await onlyFile() };
  };

  it('are 0600 under 0700 whatever the umask', async () => {
    const old = process.umask(0);
    try {
      const { file } = await write();
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      expect((await stat(home.credentials)).mode & 0o777).toBe(0o700);
    } finally {
      process.umask(old);
    }
  });

  it('that others may read are refused, with what to type', async () => {
    const { store, file } = await write();
    await chmod(file, 0o644);
    const error = await failing(store.grants(SERVER));
    expect(error).toMatchObject({ code: 'config_invalid' });
    expect(error.message).toContain(`${file} can be read by others (mode 0644)`);
    expect(error.hint).toBe(`chmod 600 ${file}`);
    expect(await failing(store.save(SERVER, grantOf()))).toMatchObject({ code: 'config_invalid' });
  });

  it('that are links are refused, and what they point to stays as it is', async () => {
    const { store, file } = await write();
    const target = path.join(home.dir, 'victim');
    await writeFile(target, 'precious', { mode: 0o600 });
    await rm(file);
    await symlink(target, file);
    for (const attempt of [() => store.grants(SERVER), () => store.save(SERVER, grantOf())]) {
      expect((await failing(attempt())).message).toContain('symbolic link');
    }
    expect(await readFile(target, 'utf8')).toBe('precious');
  });

  it.each([
    ['half a file', '{"version": 1, "about": {"ser'],
    ['another thing', '[1, 2]'],
    ['another version', '{"version": 2, "about": {}}'],
    ['nothing', ''],
  ])('that are damaged are named, and never written over: %s', async (_, content) => {
    const { store, file } = await write();
    await writeFile(file, content);
    const error = await failing(store.grants(SERVER));
    expect(error.message).toContain(`${file} is damaged`);
    expect(error.hint).toContain(`rm ${file}`);
    await failing(store.save(SERVER, grantOf()));
    expect(await readFile(file, 'utf8')).toBe(content);
  });

  it('are not put into a directory that others may write', async () => {
    await mkdir(home.credentials, { recursive: true });
    await chmod(home.credentials, 0o777);
    const store = await createTokenStore(home.env);
    const error = await failing(store.save(SERVER, grantOf()));
    expect(error.message).toContain('can be written by others');
  });

  it('take the place of a keychain that there is none of', async () => {
    const { OSTLER_NO_KEYCHAIN: _, ...env } = home.env;
    const store = await createTokenStore({
      ...env,
      DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere',
    });
    const where = await store.save(SERVER, grantOf());
    if (where.kind === 'file') expect(await store.grants(SERVER)).toEqual([grantOf()]);
    else await store.remove(SERVER, ISSUER);
  });
});

it('knows no end of a token whose end is no date', async () => {
  const store = await createTokenStore(home.env);
  const { tokens } = grantOf();
  const grant = grantOf({ tokens: { ...tokens, expires_in: 1e15 } });
  expect(expiryOf(grant)).toBeUndefined();
  await store.save(SERVER, grant);
  const file = await onlyFile();
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('"savedAt"', '"expiresAt": 1e18, "savedAt"'));
  const [state] = await store.states(SERVER);
  expect(state).not.toHaveProperty('expiresAt');
});
