import { describe, expect, it } from 'vitest';
import { redact, REDACTED } from '../../../src/core/redact.js';
import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { asRemote, failure, load, loadServer, tempDir } from './load-helper.js';

const URL = 'https://h.example/mcp';

async function oauthOf(oauth: unknown, more: Record<string, unknown> = {}, env = {}) {
  const entry = { url: URL, ...(oauth === undefined ? {} : { oauth }), ...more };
  const { server, warnings } = await loadServer(entry, { env });
  return { oauth: asRemote(server).oauth, warnings };
}

describe('the oauth key', () => {
  it.each([
    ['nothing', undefined, {}, undefined],
    ['none', 'none', {}, 'none'],
    ['false', false, {}, 'none'],
    ['enabled: false (gemini-cli)', { enabled: false, clientId: 'c' }, {}, 'none'],
    ['noOAuth', undefined, { noOAuth: true }, 'none'],
    ['true', true, {}, undefined],
    ['enabled: true alone (gemini-cli)', { enabled: true }, {}, undefined],
    [
      'clientId and callbackPort (Claude Code)',
      { clientId: 'c', callbackPort: 8123 },
      {},
      {
        grant: 'authorization_code',
        dpop: false,
        clientId: 'c',
        redirectUri: 'http://localhost:8123/callback',
      },
    ],
    [
      'keys beside it (kit)',
      undefined,
      { oauthClientId: 'c', oauthClientSecret: 'a-secret-of-kit', oauthScopes: ['a', 'b'] },
      {
        grant: 'authorization_code',
        dpop: false,
        clientId: 'c',
        clientSecret: 'a-secret-of-kit',
        scopes: ['a', 'b'],
      },
    ],
    [
      'scope as one text (opencode), in snake_case',
      { client_id: 'c', scope: 'a  b', dpop: 'yes' },
      {},
      { grant: 'authorization_code', dpop: true, clientId: 'c', scopes: ['a', 'b'] },
    ],
    [
      'an explicit grant with a hyphen',
      { grant: 'client-credentials', clientId: 'c', clientSecret: 'a-long-secret' },
      {},
      { grant: 'client_credentials', dpop: false, clientId: 'c', clientSecret: 'a-long-secret' },
    ],
  ])('%s', async (_, oauth, more, expected) => {
    expect((await oauthOf(oauth, more)).oauth).toEqual(expected);
  });

  it('takes every value from references, and keeps the secret ones out of every sink', async () => {
    const env = { ID: 'client-of-env', SECRET: 'hush-hush-0815', TOKEN: 'eyJ-the-id-token' };
    const { oauth } = await oauthOf(
      {
        clientId: '${ID}',
        clientSecret: '${SECRET}',
        idp: { issuer: 'https://idp.example', clientId: 'i', idTokenEnv: 'TOKEN' },
      },
      {},
      env,
    );
    expect(oauth).toMatchObject({
      grant: 'cross_app',
      clientId: 'client-of-env',
      clientSecret: 'hush-hush-0815',
      idp: { issuer: 'https://idp.example', clientId: 'i', idToken: 'eyJ-the-id-token' },
    });
    expect(redact('hush-hush-0815 eyJ-the-id-token')).toBe(`${REDACTED} ${REDACTED}`);
    expect(redact('client-of-env')).toBe('client-of-env');
  });

  it('reads a key and an assertion from files, the assertion anew each time', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = privateKey.export({ type: 'sec1', format: 'pem' }).toString();
    const dir = await tempDir({ 'key.pem': pem, 'jwt.txt': 'first-token\n' });
    const withKey = await oauthOf({ clientId: 'c', privateKeyFile: path.join(dir, 'key.pem') });
    expect(withKey.oauth).toMatchObject({ grant: 'client_credentials', privateKey: pem });

    const { oauth } = await oauthOf({ assertionFile: path.join(dir, 'jwt.txt') });
    if (typeof oauth !== 'object') throw new Error('no settings');
    expect(oauth.grant).toBe('jwt_bearer');
    expect(await oauth.assertion?.()).toBe('first-token');
    await writeFile(path.join(dir, 'jwt.txt'), 'second-token');
    expect(await oauth.assertion?.()).toBe('second-token');
    await writeFile(path.join(dir, 'jwt.txt'), '');
    expect((await failure(oauth.assertion?.() ?? Promise.resolve())).code).toBe('config_invalid');
  });

  it.each([
    ['an unknown key, with the nearest', { clientID: 'c', clientSecrets: 'x' }, 'clientSecret'],
    ['a grant there is none of', { grant: 'password' }, 'authorization_code'],
    ['a redirect to elsewhere', { redirectUri: 'https://h.example/callback' }, 'loopback'],
    ['a document without a path', { clientMetadataUrl: 'https://h.example/' }, 'document'],
    ['a document over http', { clientMetadataUrl: 'http://h.example/c.json' }, 'document'],
    ['a port there is none of', { callbackPort: 70_000 }, '65535'],
    ['an algorithm with a shared key', { algorithm: 'HS256' }, 'ES256'],
    ['a client without a secret', { grant: 'client_credentials', clientId: 'c' }, 'clientSecret'],
    ['a workload without a token', { grant: 'jwt_bearer' }, 'assertionFile'],
    ['a provider without a token', { idp: { issuer: 'https://i', clientId: 'c' } }, 'idToken'],
    ['a key that is none', { clientId: 'c', privateKey: 'no key at all' }, 'cannot be read'],
    ['a word there is none of', 'sometimes', 'mapping'],
  ])('refuses %s', async (_, oauth, said) => {
    const error = await failure(oauthOf(oauth));
    expect(error).toMatchObject({ code: 'config_invalid' });
    expect(`${error.message} ${error.hint}`).toContain(said);
  });

  it('tells what it does not read', async () => {
    const { oauth, warnings } = await oauthOf(
      { authorizationUrl: 'https://a', tokenUrl: 'https://t', enabled: true },
      { authProviderType: 'google_credentials' },
    );
    expect(oauth).toBeUndefined();
    expect(warnings).toEqual([
      's: ignored: oauth.authorizationUrl, oauth.tokenUrl; the server is asked.',
      's: ignored: authProviderType; the server is asked who gives tokens.',
    ]);
    const both = await oauthOf({ clientId: 'c' }, { headers: { Authorization: 'Bearer of-mine' } });
    expect(both.warnings).toEqual(['s: ignored: oauth, because its headers carry credentials.']);
  });

  it('reads nothing for an entry of an untrusted project', async () => {
    const cwd = await tempDir({
      '.git/HEAD': 'ref: refs/heads/main',
      'ostler.yaml': `mcpServers: {s: {url: "${URL}", oauth: {clientSecret: "\${HUSH}", clientId: c}}}`,
    });
    const error = await failure(load({ cwd, env: { HUSH: 'never-looked-at' } }));
    expect(error.code).toBe('project_untrusted');
  });
});
