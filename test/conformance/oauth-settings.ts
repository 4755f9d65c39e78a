import type { OAuthSettings } from '../../src/config/types.js';
import { isRecord, type JsonObject } from '../../src/core/json.js';

/** What a scenario gives its client to know beforehand, as a user's configuration would. */
export interface Context {
  clientId?: string;
  clientSecret?: string;
  privateKey?: string;
  algorithm?: string;
  idp?: NonNullable<OAuthSettings['idp']>;
  assertion?: string;
  toolCalls?: readonly { name: string; arguments: JsonObject }[];
}

/** `MCP_CONFORMANCE_CONTEXT`. */
export function contextOf(text: string | undefined): Context {
  const given: unknown = text === undefined ? {} : JSON.parse(text);
  if (!isRecord(given)) return {};
  const value = (key: string) => {
    const found = given[key];
    return typeof found === 'string' ? found : undefined;
  };
  const [issuer, idToken] = [value('idp_issuer'), value('idp_id_token')];
  const entries = {
    clientId: value('client_id'),
    clientSecret: value('client_secret'),
    privateKey: value('private_key_pem'),
    algorithm: value('signing_algorithm'),
    assertion: value('valid_jwt'),
    idp:
      issuer === undefined || idToken === undefined
        ? undefined
        : { issuer, idToken, clientId: value('idp_client_id') ?? '' },
    toolCalls: given['toolCalls'],
  };
  const present = Object.entries(entries).filter(([, found]) => found !== undefined);
  return Object.fromEntries(present) as Context;
}

/** The document the suites' authorization servers know; nothing is fetched from there. */
const CLIENT_METADATA = 'https://conformance-test.local/client-metadata.json';

/** The `oauth` section a user would write who was given this. */
export function oauthOf(scenario: string, context: Context): OAuthSettings {
  const { clientId, clientSecret, privateKey, algorithm, idp, assertion } = context;
  return {
    grant: grantOf(scenario, context),
    clientMetadataUrl: CLIENT_METADATA,
    // Binding tokens to a key is a choice of the user's.
    dpop: scenario.startsWith('auth/dpop'),
    ...(clientId === undefined ? {} : { clientId }),
    ...(clientSecret === undefined ? {} : { clientSecret }),
    ...(privateKey === undefined ? {} : { privateKey }),
    ...(algorithm === undefined ? {} : { algorithm }),
    ...(idp === undefined ? {} : { idp }),
    ...(assertion === undefined ? {} : { assertion: () => Promise.resolve(assertion) }),
  };
}

function grantOf(scenario: string, { idp, assertion }: Context): OAuthSettings['grant'] {
  if (idp !== undefined) return 'cross_app';
  if (assertion !== undefined) return 'jwt_bearer';
  // A client with a secret: whether a person logs in is not in the context.
  if (scenario.startsWith('auth/client-credentials')) return 'client_credentials';
  return 'authorization_code';
}
