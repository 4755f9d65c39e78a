import type { RemoteServer } from '../../config/types.js';
import { forgetEra } from '../era-cache.js';
import type { LoginPort } from '../ports.js';
import { createTokenStore } from './token-store.js';
import type { KeptIn, LoginState } from './types.js';

export interface LoginOptions {
  env: NodeJS.ProcessEnv;
  /** Left out, only grants that need no person work. */
  login?: LoginPort | undefined;
  signal: AbortSignal;
  /** A new login even where tokens are kept and good. */
  force?: boolean;
}

export interface LoggedIn {
  issuer: string;
  /** As granted, or as asked for where the authorization server does not say. */
  scopes: readonly string[];
  where: KeptIn;
  /** What was kept is still good; nobody was asked. */
  already: boolean;
}

/** Gets and keeps tokens for a server, as the first 401 would. Rejects with an `OstlerError`. */
export async function login(server: RemoteServer, options: LoginOptions): Promise<LoggedIn> {
  const { obtain } = await import('./obtain.js');
  return obtain(server, options);
}

export interface LoggedOut {
  /** Authorization servers whose tokens were removed here; empty when there were none. */
  issuers: readonly string[];
  /** All of those that offer it were told to forget them (RFC 7009). */
  revoked: boolean;
  /** Entries that could not be read, and so were removed without being revoked; left out when none. */
  unreadable?: number;
}

/** Removes what is kept for a server, and has it revoked where that is offered. */
export async function logout(
  server: RemoteServer,
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<LoggedOut> {
  const { forget } = await import('./revoke.js');
  const forgotten = await forget(server, env, signal);
  await forgetEra(server, env);
  return forgotten;
}

/** What is kept for a server, the newest login; undefined when there is none. */
export async function loginState(
  server: RemoteServer,
  env: NodeJS.ProcessEnv,
): Promise<LoginState | undefined> {
  const [newest] = await (await createTokenStore(env)).states(server.url);
  return newest;
}
