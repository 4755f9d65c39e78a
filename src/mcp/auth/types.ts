import type { OAuthSettings } from '../../config/types.js';

/** A token endpoint's answer, word for word (RFC 6749 section 5.1). */
export interface Tokens {
  access_token: string;
  token_type: string;
  refresh_token?: string | undefined;
  scope?: string | undefined;
  /** Seconds after it was received. */
  expires_in?: number | undefined;
  id_token?: string | undefined;
}

/** A client as an authorization server knows it, word for word (RFC 7591 section 3.2.1). */
export interface ClientIdentity {
  client_id: string;
  client_secret?: string | undefined;
  token_endpoint_auth_method?: string | undefined;
  [key: string]: unknown;
}

/** What an authorization server gave for one server, with all that is needed to use and renew it. */
export interface Grant {
  /** Of the authorization server; nothing of this grant is ever shown to another one. */
  issuer: string;
  kind: OAuthSettings['grant'];
  tokens: Tokens;
  /** The client the tokens were given to; a workload's own token needs none. */
  client?: ClientIdentity | undefined;
  /** Epoch milliseconds. */
  receivedAt: number;
  /** Scopes that were asked for, space separated. */
  asked?: string | undefined;
  /** RFC 8707 resource indicator that was sent. */
  resource?: string | undefined;
  /** Where the server said its metadata is (RFC 9728), when it said so. */
  resourceMetadataUrl?: string | undefined;
  /** Private JWK that the tokens are bound to (RFC 9449). */
  dpopKey?: Record<string, unknown> | undefined;
}

/** A client that was registered on the spot (RFC 7591). */
export interface Registration {
  issuer: string;
  redirectUri: string;
  client: ClientIdentity;
}

/** Where secrets are kept: the system's keychain, or a file that only its owner may read. */
export type KeptIn = { kind: 'keychain' } | { kind: 'file'; path: string };

/** What is told about a login; nothing in it is secret. */
export interface LoginState {
  issuer: string;
  kind: OAuthSettings['grant'];
  clientId?: string;
  /** As granted, or as asked for where the authorization server does not say. */
  scopes: readonly string[];
  where: KeptIn;
  /** Epoch milliseconds; left out when the authorization server does not say. */
  expiresAt?: number;
  /** The access token can be renewed without a person. */
  renewable: boolean;
}
