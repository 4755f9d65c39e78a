import { afterEach, beforeEach, expect, it } from 'vitest';
import type { OAuthSettings } from '../../../../src/config/types.js';
import { createContext } from '../../../../src/mcp/auth/context.js';
import { renew } from '../../../../src/mcp/auth/renew.js';
import { createTokenStore, type TokenStore } from '../../../../src/mcp/auth/token-store.js';
import type { Grant } from '../../../../src/mcp/auth/types.js';
import { remote } from '../../../servers/definitions.js';
import { startHostile, type Hostile } from '../../../servers/oauth/hostile.js';
import { createBin, createHome, failing, type Home } from '../../../support/oauth.js';

const bin = createBin();
let home: Home;
let store: TokenStore;

beforeEach(async () => {
  home = bin.keep(await createHome());
  store = await createTokenStore(home.env);
});
afterEach(() => bin.empty());

function grantOf(issuer: string, token: string, receivedAt: number): Grant {
  return {
    issuer,
    kind: 'authorization_code',
    tokens: { access_token: token, token_type: 'Bearer', refresh_token: `refresh-of-${token}` },
    client: { client_id: 'c' },
    receivedAt,
  };
}

function contextOf({ mcpUrl }: Hostile, issuer: string) {
  const oauth: OAuthSettings = { grant: 'authorization_code', dpop: false, issuer };
  const server = remote(mcpUrl, { oauth });
  const { signal } = new AbortController();
  return createContext({ server, env: home.env, store, login: undefined, signal });
}

it('takes no token of an authorization server that the configuration does not name', async () => {
  const server = bin.keep(await startHostile());
  const context = contextOf(server, server.url);
  const own = grantOf(server.url, 'an-old-token', 1000);
  await store.save(context.server.url, own);
  await store.save(context.server.url, grantOf('https://other.test', 'a-foreign-token', 2000));
  const renewed = await renew(context, own, {});
  expect(renewed).toMatchObject({
    issuer: server.url,
    tokens: { access_token: 'a-token-of-the-hostile-server' },
  });
});

it.each([
  [429, {}],
  [403, {}],
  [400, { error: 'temporarily_unavailable' }],
])('keeps the login when the token endpoint answers %i %j', async (status, body) => {
  const server = bin.keep(
    await startHostile({
      before({ url }, response) {
        if (url !== '/token') return false;
        response.writeHead(status, { 'Content-Type': 'application/json' });
        response.end(JSON.stringify(body));
        return true;
      },
    }),
  );
  const context = contextOf(server, server.url);
  const own = grantOf(server.url, 'an-old-token', 1000);
  await store.save(context.server.url, own);
  expect((await failing(renew(context, own, {}))).code).toBe('auth_rejected');
  expect(await store.grants(context.server.url)).toMatchObject([{ tokens: own.tokens }]);
});
