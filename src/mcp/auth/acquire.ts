import { OstlerError } from '../../core/errors.js';
import { originOf } from '../../net/address.js';
import { assertSameIssuer } from './client-identity.js';
import { logInWithBrowser } from './code-flow.js';
import { loginCommand } from '../http-errors.js';
import { authError, type AuthContext, type Challenge } from './context.js';
import { discover, type Discovered } from './discover.js';
import { createDpopKey, dpopSession } from './dpop.js';
import { requestToken } from './machine-grants.js';
import { OAuthRefusal } from './refusal.js';
import { scopeFor } from './scopes.js';
import { registerTokens } from './token-store.js';
import type { Grant, KeptIn } from './types.js';

/** A new token by the configured grant, kept. `scope` takes the place of what would be asked for. */
export async function acquire(
  context: AuthContext,
  challenge: Challenge,
  scope?: string,
): Promise<{ grant: Grant; where: KeptIn }> {
  const { server, settings, store, signal } = context;
  const found = await discover(context, challenge);
  await assertSameIssuer(context, found);
  const asked = scope ?? scopeFor(settings, challenge, found);
  const dpopKey = settings.dpop ? await createDpopKey() : undefined;
  const dpop = dpopKey && (await dpopSession(dpopKey));
  const { tokens, client } = await byGrant(context, { found, scope: asked, dpop });
  registerTokens(tokens);
  const grant: Grant = {
    issuer: found.issuer,
    kind: settings.grant,
    tokens,
    client,
    receivedAt: Date.now(),
    asked,
    resource: found.resource,
    resourceMetadataUrl: challenge.resourceMetadataUrl?.href,
    dpopKey,
  };
  const where = await store.locked(server.url, () => store.save(server.url, grant), signal);
  return { grant, where };
}

async function byGrant(context: AuthContext, request: Parameters<typeof requestToken>[1]) {
  const { settings, login } = context;
  try {
    if (settings.grant !== 'authorization_code') return await requestToken(context, request);
    if (login === undefined) throw needsLogin(context);
    return await logInWithBrowser(context, login, request);
  } catch (error) {
    throw tokenError(context, request.found, error);
  }
}

/** Nobody is there who could log in. */
export function needsLogin(context: Pick<AuthContext, 'server'>): OstlerError {
  return authError('auth_required', context, 'a login is needed.', {
    hint: `Log in with: ${loginCommand(context.server)}`,
  });
}

/** Why there is no token, from whatever was thrown on the way to it. */
export function tokenError(context: AuthContext, found: Discovered, error: unknown): unknown {
  if (error instanceof OstlerError) return error;
  const { grant } = context.settings;
  if (error instanceof OAuthRefusal) {
    const hint =
      grant === 'authorization_code'
        ? `Log in again with: ${loginCommand(context.server)}`
        : 'Check the oauth: settings of the server.';
    return authError('auth_rejected', context, `no token: ${error.message}.`, {
      hint,
      cause: error,
    });
  }
  const what = `${originOf(found.issuer)} gives no token in the form of OAuth 2.`;
  return authError('protocol_error', context, what, { cause: error });
}
