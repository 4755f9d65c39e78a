import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  webcrypto,
  type JsonWebKey,
} from 'node:crypto';
import { promisify } from 'node:util';
import type { DpopSession } from '@modelcontextprotocol/client';
import { OstlerError } from '../../core/errors.js';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const;

/** A private key that tokens can be bound to, as a JWK (RFC 9449, ES256). */
export async function createDpopKey(): Promise<Record<string, unknown>> {
  const { privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
  return { ...privateKey.export({ format: 'jwk' }) };
}

/** Proofs by this key, with the nonces of every origin it is shown to. */
export async function dpopSession(key: Record<string, unknown>): Promise<DpopSession> {
  const { DpopSession: Session } = await import('./sdk-auth.js');
  try {
    const jwk = key as webcrypto.JsonWebKey & JsonWebKey;
    const publicJwk = createPublicKey(createPrivateKey({ key: jwk, format: 'jwk' })).export({
      format: 'jwk',
    });
    const { subtle } = webcrypto;
    const privateKey = await subtle.importKey('jwk', jwk, ALGORITHM, false, ['sign']);
    const publicKey = await subtle.importKey('jwk', publicJwk, ALGORITHM, true, ['verify']);
    const thumbprint = thumbprintOf(publicJwk);
    return await Session.create({
      keyPair: { privateKey, publicKey, publicJwk, thumbprint, alg: 'ES256' },
    });
  } catch (error) {
    throw new OstlerError('config_invalid', 'The stored key that tokens are bound to is damaged.', {
      hint: 'Log in again with: ostler mcp login NAME',
      cause: error,
    });
  }
}

/** RFC 7638. */
function thumbprintOf({ crv, kty, x, y }: webcrypto.JsonWebKey): string {
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
}
