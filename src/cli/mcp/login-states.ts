import { OstlerError } from '../../core/errors.js';
import type { LoginState } from '../../mcp/auth/types.js';

/** What `--json` tells of a login: no token, no client. */
export interface ShownLogin {
  issuer: string;
  scopes: readonly string[];
  /** ISO 8601. */
  expiresAt?: string;
  renewable: boolean;
}

/** A login is kept, and cannot be read: its file is damaged, a link, or open to others. */
export interface UnreadableLogin {
  unreadable: OstlerError;
}

export type KeptLogin = ShownLogin | UnreadableLogin;

/** The newest login that is kept for a server's URL; undefined when there is none, or the URL holds references. */
export async function loginOf(
  url: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<KeptLogin | undefined> {
  if (url === undefined || !URL.canParse(url) || url.includes('${')) return undefined;
  const { createTokenStore } = await import('../../mcp/auth/token-store.js');
  try {
    const [newest] = await (await createTokenStore(env)).states(new URL(url).href);
    return newest && toShown(newest);
  } catch (error) {
    if (error instanceof OstlerError && error.code === 'config_invalid') {
      return { unreadable: error };
    }
    throw error;
  }
}

function toShown({ issuer, scopes, expiresAt, renewable }: LoginState): ShownLogin {
  return {
    issuer,
    scopes,
    renewable,
    ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt).toISOString() }),
  };
}

/** `logged in`, or that it is over or unreadable. */
export function loginWords(login: KeptLogin, now: number): string {
  if ('unreadable' in login) return 'login cannot be read';
  const over = login.expiresAt !== undefined && Date.parse(login.expiresAt) <= now;
  return over && !login.renewable ? 'login expired' : 'logged in';
}

/** What `--json` has of it: a login, or why there is none to show. */
export function loginJson(login: KeptLogin | undefined): Record<string, unknown> {
  if (login === undefined) return {};
  return 'unreadable' in login ? { loginError: login.unreadable.message } : { login };
}

/** Why logins cannot be read, with what helps; the same file is told once. */
export function loginWarnings(logins: readonly (KeptLogin | undefined)[]): string[] {
  const told = logins.flatMap((login) =>
    login !== undefined && 'unreadable' in login ? [unreadableWords(login)] : [],
  );
  return [...new Set(told)];
}

export function unreadableWords({ unreadable: { message, hint } }: UnreadableLogin): string {
  return hint === undefined ? message : `${message} ${hint}`;
}
