import type { FetchLike } from '@modelcontextprotocol/client';
import type { OAuthSettings, RemoteServer } from '../../config/types.js';
import { OstlerError } from '../../core/errors.js';
import type { LoginPort } from '../ports.js';
import { createForeignFetch } from './foreign-fetch.js';
import type { TokenStore } from './token-store.js';

/** What getting a token takes. */
export interface AuthContext {
  server: RemoteServer;
  settings: OAuthSettings;
  env: NodeJS.ProcessEnv;
  store: TokenStore;
  /** For URLs that the server names. */
  fetch: FetchLike;
  login: LoginPort | undefined;
  signal: AbortSignal;
}

/** What a refusal says of the token it wants (RFC 6750 section 3, RFC 9728 section 5.1). */
export interface Challenge {
  resourceMetadataUrl?: URL | undefined;
  scope?: string | undefined;
  error?: string | undefined;
}

const DEFAULT: OAuthSettings = { grant: 'authorization_code', dpop: false };

/** A person may log in unless the configuration says something else. */
export function settingsOf({ oauth }: RemoteServer): OAuthSettings {
  return oauth === undefined || oauth === 'none' ? DEFAULT : oauth;
}

type ContextParts = Pick<AuthContext, 'server' | 'env' | 'store' | 'login' | 'signal'>;

export function createContext(parts: ContextParts): AuthContext {
  const { server, env, signal } = parts;
  return {
    ...parts,
    settings: settingsOf(server),
    fetch: createForeignFetch({ base: new URL(server.url), env, signal, trust: server }),
  };
}

/** A login that did not come about, as an error that names the server. */
export function authError(
  code: 'auth_required' | 'auth_rejected' | 'protocol_error' | 'config_invalid',
  { server }: Pick<AuthContext, 'server'>,
  what: string,
  details: { hint?: string; cause?: unknown } = {},
): OstlerError {
  return new OstlerError(code, `${server.id}: ${what}`, { server: server.id, ...details });
}
