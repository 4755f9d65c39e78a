import {
  chmodSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTokenStore } from '../../src/mcp/auth/token-store.js';
import { makeMcpHome, type McpHome } from '../support/mcp-home.js';

const URL = 'https://127.0.0.1:1/mcp';

let at: McpHome;
let env: Record<string, string>;
beforeEach(() => {
  at = makeMcpHome();
  env = { ...at.env, OSTLER_NO_KEYCHAIN: '1' };
});
afterEach(() => at.remove());

const directory = () => path.join(at.home, 'state/data/credentials');
const kept = () => readdirSync(directory()).filter((name) => name.endsWith('.json'));
const victim = () => path.join(at.home, 'victim.json');

/** A login whose tokens nobody can revoke: there is no authorization server. */
async function keepLogin(): Promise<string> {
  await (
    await createTokenStore(env)
  ).save(URL, {
    issuer: 'https://127.0.0.1:1',
    kind: 'authorization_code',
    tokens: { access_token: 'tok-canary-1', token_type: 'Bearer' },
    receivedAt: Date.now(),
  });
  const [name = ''] = kept();
  return path.join(directory(), name);
}

const BAD: [what: string, spoil: (file: string) => void, why: string, hint: string][] = [
  ['damaged', (file) => writeFileSync(file, '{"version": 1, "about"'), 'is damaged', 'rm /'],
  ['open to others', (file) => chmodSync(file, 0o644), 'mode 0644', 'chmod 600 /'],
  [
    'a link',
    (file) => {
      renameSync(file, victim());
      symlinkSync(victim(), file);
    },
    'is a symbolic link',
    '',
  ],
];

describe.each(BAD)('a login whose file is %s', (_, spoil, why, hint) => {
  beforeEach(async () => {
    await at.mcp(['add', 'docs', URL]);
    await at.mcp(['add', 'docs', URL, '-s', 'user']);
    await at.mcp(['add', 'near', '--', 'true']);
    spoil(await keepLogin());
  });

  it('is told in its row, and why once; the rest is shown', async () => {
    const list = await at.mcp(['list'], { env });
    expect(list.code).toBe(0);
    expect(list.stdout).toMatch(/^docs .*login cannot be read/m);
    expect(list.stdout).toMatch(/^near /m);
    expect(list.stderr.split(why)).toHaveLength(2);
    expect(list.stderr).toContain(hint);
    const get = await at.mcp(['get', 'docs'], { env });
    expect(get).toMatchObject({ code: 0, stderr: expect.stringContaining(why) as string });
    expect(get.stdout).toMatch(/login +login cannot be read/);
    const json = await at.mcp(['list', '--json'], { env });
    const { servers } = JSON.parse(json.stdout) as { servers: Record<string, unknown>[] };
    expect(servers.map(({ name }) => name)).toEqual(['docs', 'docs', 'near']);
    expect(servers[0]?.['loginError']).toContain(why);
    expect(servers[2]).not.toHaveProperty('loginError');
  });

  it('does not keep its entry from being removed', async () => {
    const { code, stderr } = await at.mcp(['remove', 'docs', '-s', 'user'], { env });
    expect(code).toBe(0);
    expect(stderr).toContain(why);
    expect(stderr).toContain(`ostler mcp logout ${URL}`);
    expect(kept()).toHaveLength(1);
  });

  it('is forgotten by a logout, which says that it was not revoked', async () => {
    const { code, stdout } = await at.mcp(['logout', 'docs'], { env });
    expect(code).toBe(0);
    expect(stdout).toBe('✓ docs: removed a login that could not be read, it was not revoked\n');
    expect(kept()).toEqual([]);
    const isLink = why.includes('link');
    if (isLink) expect(readFileSync(victim(), 'utf8')).toContain('tok-canary-1');
    if (isLink) expect(lstatSync(victim()).isFile()).toBe(true);
    const again = await at.mcp(['logout', 'docs', '--json'], { env });
    expect(JSON.parse(again.stdout)).toEqual({ server: 'docs', issuers: [], revoked: false });
  });
});

it.each([
  ['oauth.clientSecret', { url: URL, oauth: { clientId: 'c', clientSecret: '${SEC}' } }],
  ['a header', { url: URL, headers: { 'X-Key': '${SEC}' } }],
  ['ca', { url: URL, ca: '/nowhere/ca.pem' }],
])('a login is forgotten although %s of its entry does not resolve', async (_, entry) => {
  at.write('state/config.yaml', { mcpServers: { docs: entry } });
  await keepLogin();
  const { code, stdout, stderr } = await at.mcp(['logout', 'docs'], { env });
  expect(stderr).not.toContain('SEC');
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: '✓ docs: logged out of https://127.0.0.1:1\n',
  });
  expect(kept()).toEqual([]);
});

it('a URL that does not resolve is asked for', async () => {
  at.write('state/config.yaml', { mcpServers: { docs: { url: 'https://${NOT_SET}/mcp' } } });
  const { code, stderr } = await at.mcp(['logout', 'docs'], { env });
  expect(code).not.toBe(0);
  expect(stderr).toContain('NOT_SET is not set');
  expect(stderr).toContain('ostler mcp logout https://');
});
