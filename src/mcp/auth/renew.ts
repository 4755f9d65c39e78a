import { tokenError } from './acquire.js';
import { isClientUnknown } from './code-flow.js';
import { sameIssuer } from './client-identity.js';
import type { AuthContext, Challenge } from './context.js';
import { discover } from './discover.js';
import { dpopSession } from './dpop.js';
import { fits } from './person.js';
import { OAuthRefusal } from './refusal.js';
import { registerTokens } from './token-store.js';
import type { Grant } from './types.js';

/**
 * The grant with a new access token (RFC 6749 section 6), or undefined when it is spent and a new login
 * is needed. One process at a time: a refresh token may be good for one use only, and whoever comes
 * second takes what the first one got.
 */
export function renew(
  context: AuthContext,
  grant: Grant,
  challenge: Challenge,
): Promise<Grant | undefined> {
  const { server, store, settings, signal } = context;
  const work = async () => {
    const kept = (await store.grants(server.url)).find((one) => fits(one, settings));
    if (kept === undefined) return undefined;
    if (kept.tokens.access_token !== grant.tokens.access_token) return kept;
    return refresh(context, kept, challenge);
  };
  return store.locked(server.url, work, signal);
}

async function refresh(
  context: AuthContext,
  grant: Grant,
  challenge: Challenge,
): Promise<Grant | undefined> {
  const { server, store, fetch } = context;
  const { refresh_token: refreshToken, scope } = grant.tokens;
  const { client, issuer, resource, dpopKey } = grant;
  if (refreshToken === undefined || client === undefined) return undefined;
  const { refreshAuthorization } = await import('./sdk-auth.js');
  const hint = grant.resourceMetadataUrl;
  const found = await discover(context, {
    resourceMetadataUrl: challenge.resourceMetadataUrl ?? (hint ? new URL(hint) : undefined),
  });
  if (!sameIssuer(found.issuer, issuer)) return undefined;
  try {
    const tokens = await refreshAuthorization(found.url, {
      clientInformation: client,
      refreshToken,
      fetchFn: fetch,
      ...(found.metadata === undefined ? {} : { metadata: found.metadata }),
      ...(resource === undefined ? {} : { resource }),
      ...(dpopKey === undefined ? {} : { dpop: await dpopSession(dpopKey) }),
    });
    registerTokens(tokens);
    const renewed = { ...grant, tokens: { scope, ...tokens }, receivedAt: Date.now() };
    await store.save(server.url, renewed);
    return renewed;
  } catch (error) {
    if (!(error instanceof OAuthRefusal) || !isSpent(error)) {
      throw tokenError(context, found, error);
    }
    await store.remove(server.url, issuer);
    if (isClientUnknown(error)) await store.forgetRegistrations(issuer);
    return undefined;
  }
}

/** A busy authorization server, or a proxy in front of it, says nothing about the refresh token. */
function isSpent({ status, code }: OAuthRefusal): boolean {
  if (code === 'temporarily_unavailable' || code === 'server_error') return false;
  return status === 400 || status === 401 || (status < 500 && code === 'invalid_grant');
}
