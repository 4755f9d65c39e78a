import { generateKeyPairSync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startBearer } from '../servers/bearer.js';
import { startAuthorizationServer } from '../servers/oauth/authorization-server.js';
import { startGuarded } from '../servers/oauth/guarded.js';
import { createBin, createHome, type Home } from '../support/oauth.js';
import { runOstler } from '../support/ostler.js';

const HOOK = path.resolve(import.meta.dirname, '../support/loaded.cjs');
const OAUTH = ['authorization.cjs', 'mcp-auth.cjs', 'zod.cjs'];

const bin = createBin();
let home: Home;

beforeEach(async () => {
  home = bin.keep(await createHome());
});
afterEach(() => bin.empty());

/** `ostler tools` of the built program, and which files of OAuth it has loaded. */
async function tools(entry: Record<string, unknown>) {
  const loaded = path.join(home.dir, 'loaded.json');
  const config = JSON.stringify({ mcpServers: { docs: entry } });
  const env = {
    OSTLER_HOME: home.dir,
    OSTLER_NO_KEYCHAIN: '1',
    LOADED: loaded,
    NODE_OPTIONS: `--require ${HOOK}`,
  };
  const result = await runOstler(['tools', 'docs', '--mcp-config', config], { env });
  const files = JSON.parse(await readFile(loaded, 'utf8')) as string[];
  const names = new Set(files.map((file) => path.basename(file)));
  return { ...result, oauth: OAUTH.filter((name) => names.has(name)) };
}

describe('the built program', () => {
  it('loads nothing of OAuth for a server that wants no token, or has one', async () => {
    const open = bin.keep(await startBearer());
    const result = await tools({ url: open.mcpUrl });
    expect([result.code, result.oauth]).toEqual([0, []]);
    expect(result.stdout).toContain('add_numbers');
    const guarded = bin.keep(await startBearer({ token: 'token-of-the-entry' }));
    const withToken = await tools({ url: guarded.sseUrl, bearerToken: 'token-of-the-entry' });
    expect([withToken.code, withToken.oauth]).toEqual([0, []]);
  });

  const robot = { redirect_uris: [], response_types: [], grant_types: ['client_credentials'] };
  const secret = { clientId: 'robot', clientSecret: 'the-secret-of-the-robot' };

  it.each([
    ['a secret', { grant: 'client_credentials', ...secret }],
    ['a secret, bound to a key', { grant: 'client_credentials', ...secret, dpop: true }],
    ['a signed assertion', { clientId: 'signer', privateKeyFile: '' }],
  ])(
    'gets a token with %s, and has it the next time',
    async (_, oauth: Record<string, unknown>) => {
      const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const key = path.join(home.dir, 'key.pem');
      await writeFile(key, privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
      const jwk = { ...publicKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'k' };
      const as = bin.keep(
        await startAuthorizationServer({
          dpop: true,
          clients: [
            { ...robot, client_id: 'robot', client_secret: secret.clientSecret },
            {
              ...robot,
              client_id: 'signer',
              token_endpoint_auth_method: 'private_key_jwt',
              token_endpoint_auth_signing_alg: 'RS256',
              jwks: { keys: [jwk] },
            },
          ],
        }),
      );
      const server = bin.keep(await startGuarded({ as }));
      const settings = 'privateKeyFile' in oauth ? { ...oauth, privateKeyFile: key } : oauth;
      const entry = { url: server.mcpUrl, oauth: settings };
      const first = await tools(entry);
      expect(first.stderr).toBe('');
      expect(first.stdout).toContain('add_numbers');
      expect(first.oauth).toEqual(['authorization.cjs', 'mcp-auth.cjs']);
      const [tokens, seen] = [as.tokenRequests().length, server.seen.length];
      const second = await tools(entry);
      expect(second.stdout).toBe(first.stdout);
      expect(as.tokenRequests()).toHaveLength(tokens);
      for (const { headers } of server.seen.slice(seen)) {
        expect(headers.authorization).toMatch('dpop' in oauth ? /^DPoP / : /^Bearer /);
      }
      // A proof has to be signed for every request; a kept token needs nothing of the SDK's.
      if (!('dpop' in oauth)) expect(second.oauth).toEqual(['authorization.cjs']);
    },
  );

  it('says what to type when nobody can log in', async () => {
    const as = bin.keep(await startAuthorizationServer());
    const server = bin.keep(await startGuarded({ as }));
    const { code, stderr, oauth } = await tools({ url: server.mcpUrl });
    expect(code).toBe(3);
    expect(stderr).toContain(`ostler mcp login ${server.mcpUrl}`);
    expect(as.seen).toEqual([]);
    expect(oauth).not.toContain('zod.cjs');
  });
});
