import { isRecord } from '../../core/json.js';

/** When a JWT holds (RFC 7519 §4.1), milliseconds since 1970. Nothing is verified, and nothing else is read. */
export interface JwtTimes {
  expiresAt?: number;
  notBefore?: number;
}

/** Undefined when the text is no JWT. */
export function readJwtTimes(token: string): JwtTimes | undefined {
  const [head, body, signature, ...more] = token.split('.');
  if (head === undefined || body === undefined || signature === undefined || more.length > 0) {
    return undefined;
  }
  if (!isRecord(parsed(head))) return undefined;
  const claims = parsed(body);
  if (!isRecord(claims)) return undefined;
  const { exp, nbf } = claims;
  return {
    ...(typeof exp === 'number' ? { expiresAt: exp * 1000 } : {}),
    ...(typeof nbf === 'number' ? { notBefore: nbf * 1000 } : {}),
  };
}

function parsed(part: string): unknown {
  if (part.length > 16_384) return undefined;
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
