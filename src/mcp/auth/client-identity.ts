import { OstlerError } from '../../core/errors.js';
import { originOf } from '../../net/address.js';
import { GIVE_CREDENTIALS } from '../http-errors.js';
import { shown } from '../shown.js';
import { authError, type AuthContext } from './context.js';
import type { Discovered } from './discover.js';
import { registerClient as registerSecrets, scopesOf } from './token-store.js';
import { OAuthRefusal } from './refusal.js';
import type { ClientIdentity, Registration } from './types.js';

/** As whom the program asks: a client that exists, with the redirect URI it is bound to, or one to be registered. */
export type Identity =
  | { client: ClientIdentity; redirectUri: string | undefined; registered: boolean }
  | { client: undefined; redirectUri: string | undefined };

/**
 * The first that applies of: registered beforehand, client id metadata document (SEP-991), registered
 * on the spot earlier, to be registered on the spot (RFC 7591). Rejects when the authorization server
 * takes none of them.
 */
export async function identify(
  context: AuthContext,
  found: Discovered,
  scope: string | undefined,
): Promise<Identity> {
  const { settings, store } = context;
  const { clientId, clientSecret, clientMetadataUrl, redirectUri } = settings;
  if (clientId !== undefined) {
    const secret = clientSecret === undefined ? {} : { client_secret: clientSecret };
    return { client: { client_id: clientId, ...secret }, redirectUri, registered: false };
  }
  const { metadata } = found;
  if (clientMetadataUrl !== undefined && metadata?.client_id_metadata_document_supported === true) {
    return { client: { client_id: clientMetadataUrl }, redirectUri, registered: false };
  }
  const known = (await store.registrations(found.issuer)).find(
    (one) => (redirectUri === undefined || one.redirectUri === redirectUri) && mayAsk(one, scope),
  );
  if (known !== undefined) {
    return { client: known.client, redirectUri: known.redirectUri, registered: true };
  }
  if (metadata !== undefined && metadata.registration_endpoint === undefined) {
    throw noRegistration(context, found);
  }
  return { client: undefined, redirectUri };
}

/** Some authorization servers let a client ask for no more than it was registered with. */
function mayAsk({ client }: Registration, scope: string | undefined): boolean {
  const registered = client['scope'];
  if (typeof registered !== 'string') return true;
  const has = new Set(scopesOf(registered));
  return scopesOf(scope).every((name) => has.has(name));
}

/** A secret that was made for one authorization server is not for the next one a server names. */
export async function assertSameIssuer(
  context: AuthContext,
  { issuer }: Discovered,
): Promise<void> {
  const { server, store, settings } = context;
  const { clientId } = settings;
  if (clientId === undefined) return;
  const expected =
    settings.issuer ??
    (await store.states(server.url)).find((state) => state.clientId === clientId)?.issuer;
  if (expected === undefined || sameIssuer(expected, issuer)) return;
  const what = `it names the authorization server ${shown(issuer, 120)}, but the client belongs to ${shown(expected, 120)}.`;
  throw authError('auth_rejected', context, what, {
    hint:
      settings.issuer === undefined
        ? `If that is right: ostler mcp logout ${server.id}, or put oauth.issuer into the entry.`
        : 'If that is right, change oauth.issuer of the entry.',
  });
}

/** RFC 8414 leaves it open whether an origin ends in a slash. */
export function sameIssuer(a: string, b: string): boolean {
  return a.replace(/\/$/, '') === b.replace(/\/$/, '');
}

/** Registers this program as a native client with a way back over loopback (RFC 8252), and keeps it. */
export async function registerOnTheSpot(
  context: AuthContext,
  found: Discovered,
  asked: { redirectUri: string; scope: string | undefined },
): Promise<ClientIdentity> {
  const { registerClient } = await import('./sdk-auth.js');
  const { redirectUri, scope } = asked;
  const { metadata, issuer, url } = found;
  let client: ClientIdentity;
  try {
    client = await registerClient(url, {
      ...(metadata === undefined ? {} : { metadata }),
      clientMetadata: {
        client_name: 'ostler',
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        application_type: 'native',
        token_endpoint_auth_method: authMethod(metadata?.token_endpoint_auth_methods_supported),
      },
      ...(scope === undefined ? {} : { scope }),
      fetchFn: context.fetch,
    });
  } catch (error) {
    throw registrationFailed(context, found, error);
  }
  registerSecrets(client);
  const registration: Registration = { issuer, redirectUri, client };
  await context.store.saveRegistration(registration);
  return client;
}

/** A program on somebody's machine keeps no secret; some authorization servers give it one all the same. */
function authMethod(supported: readonly string[] | undefined): string {
  const taken = ['none', 'client_secret_basic', 'client_secret_post'];
  return taken.find((method) => supported?.includes(method)) ?? 'none';
}

const HOW = 'Register a client there, and put oauth.clientId into the entry of the server.';

function noRegistration(context: AuthContext, { issuer }: Discovered): OstlerError {
  const what = `its authorization server ${originOf(issuer)} registers no clients on the spot.`;
  return authError('auth_required', context, what, { hint: HOW });
}

function registrationFailed(
  context: AuthContext,
  { issuer, metadata }: Discovered,
  error: unknown,
) {
  if (error instanceof OstlerError) return error;
  if (error instanceof OAuthRefusal && metadata === undefined && error.code === undefined) {
    return authError(
      'auth_required',
      context,
      'it wants credentials, and offers no login (HTTP 401).',
      {
        hint: GIVE_CREDENTIALS,
      },
    );
  }
  const why = error instanceof OAuthRefusal ? error.message : `${originOf(issuer)} answers wrongly`;
  return authError('auth_required', context, `the client could not be registered: ${why}.`, {
    hint: HOW,
    cause: error,
  });
}
