import { isIPv4 } from 'node:net';
import { OstlerError } from '../core/errors.js';
import type { Principal, SampleKind } from './types.js';

/** Length a token must have where a stranger could reach the server, or where it runs commands. */
export const LONG_TOKEN = 32;

/** What to type for a good token. */
export const TOKEN_HINT = 'Make one: export OSTLER_SERVE_TOKEN=$(openssl rand -hex 32)';

/** The characters of a bearer credential (RFC 6750 §2.1). Any other could not be sent. */
const CREDENTIAL = /^[A-Za-z0-9._~+/-]+=*$/;

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

/**
 * Which tokens a server may start with. One that runs commands, or that listens beyond loopback,
 * needs long ones. Throws `usage`; the message never holds a token.
 */
export function checkTokens(kind: SampleKind, host: string, tokens: readonly Principal[]): void {
  if (tokens.length === 0) {
    throw new OstlerError('usage', `The ${kind} server does not start without a token.`, {
      hint: TOKEN_HINT,
    });
  }
  for (const { name, token } of tokens) {
    if (!CREDENTIAL.test(token)) {
      throw new OstlerError(
        'usage',
        `The token of "${name}" is empty or has a character that a bearer token cannot have.`,
        { hint: TOKEN_HINT },
      );
    }
    const reason = kind === 'shell' ? 'runs commands' : `listens on ${host}`;
    if ((kind === 'shell' || !isLoopback(host)) && token.length < LONG_TOKEN) {
      throw new OstlerError(
        'usage',
        `A server that ${reason} needs a token of ${LONG_TOKEN} characters or more; that of "${name}" has ${token.length}.`,
        { hint: TOKEN_HINT },
      );
    }
  }
  if (new Set(tokens.map(({ token }) => token)).size < tokens.length) {
    throw new OstlerError('usage', 'Two principals have the same token.', { hint: TOKEN_HINT });
  }
  if (new Set(tokens.map(({ name }) => name)).size < tokens.length) {
    throw new OstlerError('usage', 'Two principals have the same name.');
  }
}
