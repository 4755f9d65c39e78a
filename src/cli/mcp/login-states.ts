import type { LoginState } from '../../mcp/auth/types.js';

/** What `--json` tells of a login: no token, no client. */
export interface ShownLogin {
  issuer: string;
  scopes: readonly string[];
  /** ISO 8601. */
  expiresAt?: string;
  renewable: boolean;
}

/** The newest login that is kept for a server's URL; undefined when there is none, or the URL holds references. */
export async function loginOf(
  url: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<ShownLogin | undefined> {
  if (url === undefined || !URL.canParse(url) || url.includes('${')) return undefined;
  const { createTokenStore } = await import('../../mcp/auth/token-store.js');
  const [newest] = await (await createTokenStore(env)).states(new URL(url).href);
  return newest && toShown(newest);
}

function toShown({ issuer, scopes, expiresAt, renewable }: LoginState): ShownLogin {
  return {
    issuer,
    scopes,
    renewable,
    ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt).toISOString() }),
  };
}

/** `logged in`, or that it is over. */
export function loginWords(login: ShownLogin, now: number): string {
  const over = login.expiresAt !== undefined && Date.parse(login.expiresAt) <= now;
  return over && !login.renewable ? 'login expired' : 'logged in';
}
