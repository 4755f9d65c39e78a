import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Principal } from '../types.js';
import { rawValues } from './raw-headers.js';
import { Refusal } from './refusal.js';

const REALM = 'Bearer realm="mcp"';

/** Exactly one scheme, one space, one credential. */
const AUTHORIZATION = /^([^\s,]+) ([^\s,]+)$/;

export type Verdict = { principal: string } | { refusal: Refusal; guess: boolean };

/** Tells whose request it is, from the `Authorization` header and nothing else. */
export type Authenticate = (req: IncomingMessage) => Verdict;

/**
 * Keeps digests, not tokens. Two digests are equally long, so the comparison takes the same time
 * for every wrong token; and all principals are compared, so it does not tell which one came close.
 */
export function createAuthenticate(principals: readonly Principal[]): Authenticate {
  const known = principals.map(({ name, token }) => ({ name, digest: sha256(token) }));
  return (req) => {
    const headers = rawValues(req, 'authorization');
    if (headers.length > 1) return malformed();
    const [scheme, token] = split(headers[0]);
    if (scheme?.toLowerCase() !== 'bearer') return noCredentials();
    if (token === undefined) return wrongToken();
    const digest = sha256(token);
    let principal: string | undefined;
    for (const candidate of known) {
      if (timingSafeEqual(candidate.digest, digest)) principal = candidate.name;
    }
    return principal === undefined ? wrongToken() : { principal };
  };
}

function split(header: string | undefined): [scheme?: string, token?: string] {
  if (header === undefined) return [];
  const match = AUTHORIZATION.exec(header);
  if (match?.[1] !== undefined && match[2] !== undefined) return [match[1], match[2]];
  return [/^[^\s,]*/.exec(header)?.[0] ?? ''];
}

/** No header, or a scheme we do not speak: the challenge has no error code (RFC 6750 §3.1). */
function noCredentials(): Verdict {
  return {
    guess: false,
    refusal: new Refusal(401, 'Unauthorized: send "Authorization: Bearer <token>".', {
      headers: { 'WWW-Authenticate': REALM },
    }),
  };
}

function wrongToken(): Verdict {
  const challenge = `${REALM}, error="invalid_token", error_description="The token is not valid"`;
  return {
    guess: true,
    refusal: new Refusal(401, 'Unauthorized: the token is not valid.', {
      headers: { 'WWW-Authenticate': challenge },
    }),
  };
}

/** Two credentials: whoever sits in front may have judged the other one. */
function malformed(): Verdict {
  return {
    guess: true,
    refusal: new Refusal(400, 'Bad Request: more than one Authorization header.', {
      code: -32600,
      headers: { 'WWW-Authenticate': `${REALM}, error="invalid_request"` },
    }),
  };
}

/** A header arrives as Latin-1; a configured token is ASCII, where the two encodings agree. */
function sha256(token: string): Buffer {
  return createHash('sha256').update(token, 'latin1').digest();
}
