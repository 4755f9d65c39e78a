import type { RemoteServer } from '../../config/types.js';
import { createAbort } from '../../core/wait.js';
import { createContext, type AuthContext } from './context.js';
import type { LoggedOut } from './login.js';
import { forgetRefusal } from './refused-logins.js';
import { createTokenStore } from './token-store.js';
import { noteToken } from './in-use.js';
import type { Grant } from './types.js';

/** Behind `logout`: the tokens are revoked where that is offered, and removed in any case. */
export async function forget(
  server: RemoteServer,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal = createAbort().signal,
): Promise<LoggedOut> {
  const store = await createTokenStore(env);
  const context = createContext({ server, env, store, login: undefined, signal });
  return store.locked(
    server.url,
    async () => {
      // Neither a damaged file nor a locked keychain must keep anybody from logging out.
      const entries = await store.entries(server.url);
      const revoked = await Promise.all(
        entries.map(async ({ grant }) => grant !== undefined && revoke(context, grant)),
      );
      for (const entry of entries) await store.forget(entry);
      forgetRefusal(server.url);
      noteToken(server.url, false);
      const states = entries.map(({ state }) => state).filter((state) => state !== undefined);
      const unreadable = entries.length - states.length;
      return {
        issuers: states.map(({ issuer }) => issuer),
        revoked: revoked.length > 0 && revoked.every(Boolean),
        ...(unreadable === 0 ? {} : { unreadable }),
      };
    },
    signal,
  );
}

/** RFC 7009: the refresh token takes its access tokens with it. False where that is not offered or fails. */
async function revoke(context: AuthContext, { issuer, tokens, client }: Grant): Promise<boolean> {
  const { discoverAuthorizationServerMetadata } = await import('./sdk-auth.js');
  const { fetch } = context;
  try {
    const metadata = await discoverAuthorizationServerMetadata(issuer, { fetchFn: fetch });
    const endpoint: unknown = Reflect.get(metadata ?? {}, 'revocation_endpoint');
    if (typeof endpoint !== 'string') return false;
    const isRefresh = tokens.refresh_token !== undefined;
    const body = new URLSearchParams({
      token: tokens.refresh_token ?? tokens.access_token,
      token_type_hint: isRefresh ? 'refresh_token' : 'access_token',
    });
    const headers: Record<string, string> = { 'content-type': 'application/x-www-form-urlencoded' };
    const { client_id: id = '', client_secret: secret } = client ?? {};
    if (secret === undefined) body.set('client_id', id);
    else headers['authorization'] = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
    const response = await fetch(endpoint, { method: 'POST', headers, body });
    return response.ok;
  } catch {
    return false;
  }
}
