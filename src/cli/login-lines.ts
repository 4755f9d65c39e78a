import { redact } from '../core/redact.js';
import { toTerminalLine } from '../core/terminal-text.js';
import type { LoggedIn } from '../mcp/auth/login.js';
import type { KeptIn, LoginState } from '../mcp/auth/types.js';
import { formatAge } from './age.js';

type State = Pick<LoginState, 'expiresAt' | 'renewable'>;

/** What a person is told after a login; no token is in it. */
export function loginLines(
  server: string,
  { issuer, scopes, where, already }: LoggedIn,
  state: State | undefined,
): string[] {
  const rows = [
    ['at', issuer],
    ['scopes', scopes.length === 0 ? '(the server names none)' : scopes.join(' ')],
    ['expires', expiryText(state)],
    ['kept in', keptText(where)],
  ] as const;
  const safe = (text: string) => toTerminalLine(redact(text));
  return [
    `✓ ${safe(server)}: logged in${already ? ' already; --force logs in again' : ''}`,
    ...rows.map(([name, text]) => `  ${name.padEnd(8)} ${safe(text)}`),
  ];
}

export function toLoginJson(
  server: string,
  { issuer, scopes, where, already }: LoggedIn,
  state: State | undefined,
) {
  const { expiresAt, renewable = false } = state ?? {};
  return {
    server,
    issuer,
    scopes,
    kept: where,
    expires: expiresAt === undefined ? null : new Date(expiresAt).toISOString(),
    renewable,
    already,
  };
}

function expiryText(state: State | undefined): string {
  const { expiresAt, renewable = false } = state ?? {};
  const renewed = renewable ? ', renewed without you' : '';
  if (expiresAt === undefined) return `(the server does not say)${renewed}`;
  const left = expiresAt - Date.now();
  return `${left <= 0 ? 'now' : `in ${formatLeft(left)}`}${renewed}`;
}

function formatLeft(ms: number): string {
  return ms < 60_000 ? `${Math.ceil(ms / 1000)} s` : formatAge(ms);
}

function keptText(where: KeptIn): string {
  return where.kind === 'keychain'
    ? "this system's keychain"
    : `${where.path} (only you can read it)`;
}
