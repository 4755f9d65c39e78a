import type { FetchLike, OAuthClientProvider } from '@modelcontextprotocol/client';
import { isRecord } from '../../core/json.js';
import { registerSecret } from '../../core/redact.js';
import { originOf } from '../../net/address.js';
import { authError, type AuthContext } from './context.js';
import { createForeignFetch } from './foreign-fetch.js';

export interface CrossAppClient {
  clientId: string;
  clientSecret: string;
  expectedIssuer: string;
}

/**
 * The identity provider of the configuration exchanges its id token for one that this authorization
 * server takes as a grant (SEP-990, RFC 8693, RFC 7523).
 */
export async function crossApp(
  context: AuthContext,
  client: CrossAppClient,
): Promise<OAuthClientProvider> {
  const { server, settings, env, signal } = context;
  const { idp } = settings;
  if (idp === undefined) {
    throw authError('config_invalid', context, 'the grant cross_app needs oauth.idp.');
  }
  const { CrossAppAccessProvider, requestJwtAuthorizationGrant } = await import('./sdk-auth.js');
  const { id, ca } = server;
  const trust = { id, insecure: false, ...(ca === undefined ? {} : { ca }) };
  const fetchFn = createForeignFetch({ base: new URL(idp.issuer), env, signal, trust });
  return new CrossAppAccessProvider({
    ...client,
    fetchFn,
    assertion: async ({ authorizationServerUrl, resourceUrl, scope }) => {
      const { jwtAuthGrant } = await requestJwtAuthorizationGrant({
        tokenEndpoint: await tokenEndpoint(context, idp.issuer, fetchFn),
        audience: authorizationServerUrl,
        resource: resourceUrl,
        idToken: idp.idToken,
        clientId: idp.clientId,
        fetchFn,
        ...(idp.clientSecret === undefined ? {} : { clientSecret: idp.clientSecret }),
        ...(scope === undefined ? {} : { scope }),
      });
      registerSecret(jwtAuthGrant);
      return jwtAuthGrant;
    },
  });
}

/** Of an identity provider only this one endpoint matters; its metadata may lack all that a login needs. */
async function tokenEndpoint(
  context: AuthContext,
  issuer: string,
  fetchFn: FetchLike,
): Promise<string> {
  const { buildDiscoveryUrls } = await import('./sdk-auth.js');
  for (const { url } of buildDiscoveryUrls(issuer)) {
    const response = await fetchFn(url);
    const metadata: unknown = response.ok ? await response.json() : undefined;
    if (!isRecord(metadata) || metadata['issuer'] !== issuer) continue;
    const endpoint = metadata['token_endpoint'];
    if (typeof endpoint === 'string' && URL.canParse(endpoint)) return endpoint;
  }
  const what = `the identity provider ${originOf(issuer)} names no token endpoint for this issuer.`;
  throw authError('protocol_error', context, what, {
    hint: 'Check oauth.idp.issuer of the entry.',
  });
}
