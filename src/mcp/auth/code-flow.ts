import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { DpopSession } from '@modelcontextprotocol/client';
import type { OstlerError } from '../../core/errors.js';
import { registerSecret } from '../../core/redact.js';
import { originOf } from '../../net/address.js';
import type { LoginPort, PendingLogin } from '../ports.js';
import { checkAuthorizationUrl } from './authorization-url.js';
import { identify, registerOnTheSpot } from './client-identity.js';
import { loginCommand } from '../http-errors.js';
import { authError, type AuthContext } from './context.js';
import type { Discovered } from './discover.js';
import { OAuthRefusal } from './refusal.js';
import type { ClientIdentity, Tokens } from './types.js';

export interface CodeRequest {
  found: Discovered;
  scope: string | undefined;
  dpop: DpopSession | undefined;
}

/** Authorization code with PKCE: a person logs in with a browser, which comes back to this machine. */
export async function logInWithBrowser(
  context: AuthContext,
  login: LoginPort,
  request: CodeRequest,
): Promise<{ tokens: Tokens; client: ClientIdentity }> {
  const { found, scope } = request;
  assertPkce(context, found);
  const identity = await identify(context, found, scope);
  const { pending, kept } = await openWayBack(context, login, identity);
  try {
    const { redirectUri } = pending;
    const client =
      (kept ? identity.client : undefined) ??
      (await registerOnTheSpot(context, found, { redirectUri, scope }));
    const { code, verifier, iss } = await authorize(context, pending, { ...request, client });
    const tokens = await exchange(context, {
      ...request,
      client,
      code,
      verifier,
      iss,
      redirectUri,
    });
    return { tokens, client };
  } finally {
    await pending.close();
  }
}

/** Authorization servers that do not say so do not support it (basic/authorization, RFC 7636). */
function assertPkce(context: AuthContext, { metadata, issuer }: Discovered): void {
  if (metadata === undefined) return;
  if (metadata.code_challenge_methods_supported?.includes('S256') === true) return;
  const what = `its authorization server ${originOf(issuer)} does not offer PKCE with S256; no login without it.`;
  throw authError('protocol_error', context, what);
}

interface WayBack {
  pending: PendingLogin;
  /** The identity fits to it. */
  kept: boolean;
}

/** The address a client was registered with may be in use by now: then another one, and another client. */
async function openWayBack(
  { server, signal, settings }: AuthContext,
  login: LoginPort,
  identity: Awaited<ReturnType<typeof identify>>,
): Promise<WayBack> {
  const { redirectUri } = identity;
  const begin = { server: server.id, ...(redirectUri === undefined ? {} : { redirectUri }) };
  try {
    return { pending: await login.begin(begin, signal), kept: true };
  } catch (error) {
    const onTheSpot = identity.client !== undefined && identity.registered;
    if (signal.aborted || !onTheSpot || settings.redirectUri !== undefined) throw error;
    return { pending: await login.begin({ server: server.id }, signal), kept: false };
  }
}

interface Authorized {
  code: string;
  verifier: string;
  iss: string | undefined;
}

async function authorize(
  context: AuthContext,
  pending: PendingLogin,
  { found, scope, client }: CodeRequest & { client: ClientIdentity },
): Promise<Authorized> {
  const { startAuthorization } = await import('./sdk-auth.js');
  const { metadata, resource, url } = found;
  const state = randomBytes(32).toString('base64url');
  const { authorizationUrl, codeVerifier } = await startAuthorization(url, {
    clientInformation: client,
    redirectUrl: pending.redirectUri,
    state,
    ...(metadata === undefined ? {} : { metadata }),
    ...(scope === undefined ? {} : { scope }),
    ...(resource === undefined ? {} : { resource }),
  }).catch((error: unknown) => {
    const what = `its authorization server ${originOf(found.issuer)} offers no login with a code.`;
    throw authError('protocol_error', context, what, { cause: error });
  });
  registerSecret(codeVerifier);
  const page = checkAuthorizationUrl(authorizationUrl, context.server);
  const query = await pending.authorize(page, state);
  return { verifier: codeVerifier, ...(await readRedirect(context, found, query, state)) };
}

/** The code in a redirect that is an answer to our question, from the authorization server that was asked. */
async function readRedirect(
  context: AuthContext,
  { metadata, issuer }: Discovered,
  query: URLSearchParams,
  state: string,
): Promise<{ code: string; iss: string | undefined }> {
  const { validateAuthorizationResponseIssuer } = await import('./sdk-auth.js');
  if (!sameText(query.get('state') ?? '', state)) {
    throw authError(
      'auth_rejected',
      context,
      'the browser came back with another state; nothing was sent.',
    );
  }
  const iss = query.get('iss') ?? undefined;
  try {
    validateAuthorizationResponseIssuer({
      iss,
      expectedIssuer: metadata?.issuer,
      issParameterSupported: metadata?.authorization_response_iss_parameter_supported === true,
    });
  } catch (error) {
    // Whatever else the redirect says comes from somebody else, and is not shown.
    const what = `the answer to the login is not from ${originOf(issuer)} (RFC 9207); it was not used.`;
    throw authError('auth_rejected', context, what, { cause: error });
  }
  const code = query.get('code');
  if (code !== null && code !== '') {
    registerSecret(code);
    return { code, iss };
  }
  throw notGranted(context, query.get('error'));
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function notGranted(context: AuthContext, error: string | null): OstlerError {
  const hint = `Log in with: ${loginCommand(context.server)}`;
  if (error === 'access_denied')
    return authError('auth_required', context, 'the login was refused.', { hint });
  const why = error !== null && /^[a-z][a-z0-9_]{2,60}$/.test(error) ? ` (${error})` : '';
  return authError('auth_rejected', context, `the login brought no code${why}.`, { hint });
}

type Exchange = CodeRequest & Authorized & { client: ClientIdentity; redirectUri: string };

async function exchange(context: AuthContext, request: Exchange): Promise<Tokens> {
  const { exchangeAuthorization } = await import('./sdk-auth.js');
  const { found, client, code, verifier, iss, redirectUri, dpop } = request;
  const { metadata, resource, url, issuer } = found;
  try {
    return await exchangeAuthorization(url, {
      clientInformation: client,
      authorizationCode: code,
      codeVerifier: verifier,
      redirectUri,
      fetchFn: context.fetch,
      ...(metadata === undefined ? {} : { metadata }),
      ...(iss === undefined ? {} : { iss }),
      ...(resource === undefined ? {} : { resource }),
      ...(dpop === undefined ? {} : { dpop }),
    });
  } catch (error) {
    if (isClientUnknown(error)) await context.store.forgetRegistrations(issuer);
    throw error;
  }
}

/** The authorization server has forgotten a client that was registered with it. */
export function isClientUnknown(error: unknown): boolean {
  return (
    error instanceof OAuthRefusal &&
    (error.code === 'invalid_client' || error.code === 'unauthorized_client')
  );
}
