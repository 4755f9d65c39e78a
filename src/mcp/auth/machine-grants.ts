import { createPrivateKey } from 'node:crypto';
import type { DpopSession, OAuthClientProvider } from '@modelcontextprotocol/client';
import type { OstlerError } from '../../core/errors.js';
import { registerSecret } from '../../core/redact.js';
import { authError, type AuthContext } from './context.js';
import { crossApp } from './cross-app.js';
import type { Discovered } from './discover.js';
import type { ClientIdentity, Tokens } from './types.js';

export interface MachineRequest {
  found: Discovered;
  scope: string | undefined;
  dpop: DpopSession | undefined;
}

/** A token that needs no person, by the grant the configuration names. */
export async function requestToken(
  context: AuthContext,
  { found, scope, dpop }: MachineRequest,
): Promise<{ tokens: Tokens; client: ClientIdentity | undefined }> {
  const { fetchToken } = await import('./sdk-auth.js');
  const provider = await providerFor(context, found);
  const client = await provider.clientInformation();
  await provider.saveAuthorizationServerUrl?.(found.issuer);
  await provider.saveResourceUrl?.(found.resource ?? context.server.url);
  const { metadata, resource } = found;
  const tokens = await fetchToken(
    dpop === undefined ? provider : Object.assign(provider, { dpop: () => dpop }),
    found.url,
    {
      fetchFn: context.fetch,
      ...(metadata === undefined ? {} : { metadata }),
      ...(resource === undefined ? {} : { resource }),
      ...(scope === undefined ? {} : { scope }),
    },
  );
  return { tokens, client };
}

async function providerFor(context: AuthContext, found: Discovered): Promise<OAuthClientProvider> {
  const { settings } = context;
  const { ClientCredentialsProvider, PrivateKeyJwtProvider } = await import('./sdk-auth.js');
  const expectedIssuer = found.issuer;
  switch (settings.grant) {
    case 'client_credentials': {
      const clientId = needed(context, 'clientId');
      if (settings.privateKey === undefined) {
        const clientSecret = needed(context, 'clientSecret');
        return new ClientCredentialsProvider({ clientId, clientSecret, expectedIssuer });
      }
      const { privateKey, fits } = readKey(context, settings.privateKey);
      const algorithm = settings.algorithm ?? fits;
      return new PrivateKeyJwtProvider({ clientId, privateKey, algorithm, expectedIssuer });
    }
    case 'cross_app': {
      const clientId = needed(context, 'clientId');
      const clientSecret = needed(context, 'clientSecret');
      return crossApp(context, { clientId, clientSecret, expectedIssuer });
    }
    case 'jwt_bearer':
      return workload(context, expectedIssuer);
    case 'authorization_code':
      throw new Error('a person has to log in');
  }
}

/** The workload's own token is the grant (RFC 7523 section 2.1); it is sent once and never repeated. */
function workload(context: AuthContext, issuer: string): OAuthClientProvider {
  const { assertion, clientId, clientSecret } = context.settings;
  if (assertion === undefined) throw missing(context, 'assertionFile or assertionEnv');
  const client =
    clientId === undefined
      ? undefined
      : {
          client_id: clientId,
          issuer,
          ...(clientSecret === undefined ? {} : { client_secret: clientSecret }),
        };
  const none = () => undefined;
  return {
    redirectUrl: undefined,
    clientMetadata: { redirect_uris: [] },
    clientInformation: () => client,
    tokens: none,
    saveTokens: none,
    redirectToAuthorization: none,
    saveCodeVerifier: none,
    codeVerifier: () => '',
    async prepareTokenRequest(scope) {
      const token = await assertion();
      registerSecret(token);
      return new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        assertion: token,
        ...(scope === undefined ? {} : { scope }),
      });
    },
  };
}

/** As PKCS#8, the only form the SDK takes, and the algorithm that goes with it. */
function readKey(context: AuthContext, pem: string): { privateKey: string; fits: string } {
  try {
    const key = createPrivateKey(pem);
    const { namedCurve } = key.asymmetricKeyDetails ?? {};
    const ofCurve = { secp384r1: 'ES384', secp521r1: 'ES512' }[namedCurve ?? ''] ?? 'ES256';
    return {
      privateKey: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
      fits: key.asymmetricKeyType === 'rsa' ? 'RS256' : ofCurve,
    };
  } catch {
    const what = 'oauth.privateKey is no PEM private key that can be read.';
    throw authError('config_invalid', context, what);
  }
}

function needed(context: AuthContext, key: 'clientId' | 'clientSecret'): string {
  const value = context.settings[key];
  if (value === undefined) throw missing(context, key);
  return value;
}

function missing(context: AuthContext, key: string): OstlerError {
  const { grant } = context.settings;
  return authError('config_invalid', context, `the grant ${grant} needs oauth.${key}.`);
}
