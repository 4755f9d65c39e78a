import { createHmac, generateKeyPair, sign, type JsonWebKey, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { encode, type Jwt } from './jwt.js';

/** A token that nobody with the right key has signed. */
export interface Forgery {
  label: string;
  token: string;
}

/** What can be made of a good JWT without any key: its claims stay, so that only the signature can be what is refused. */
export async function forgeriesOf(jwt: Jwt): Promise<readonly Forgery[]> {
  const [, claims, signature] = jwt.parts;
  const none = encode({ ...jwt.header, alg: 'none' });
  const other = encode({ ...jwt.claims, ostler: 'changed' });
  return [
    { label: 'alg none and no signature', token: `${none}.${claims}.` },
    {
      label: 'other claims under the old signature',
      token: `${jwt.parts[0]}.${other}.${signature}`,
    },
    { label: 'a key of our own, which the header brings along', token: await signedByUs(jwt) },
  ];
}

/** RFC 8725 §2.1: a verifier that takes the public key for the secret of an HMAC. */
export function signedWithPublicKey(jwt: Jwt, key: KeyObject): Forgery {
  const secret = key.export({ type: 'spki', format: 'pem' });
  return { label: 'HS256 with the public key as its secret', token: hmac(jwt, secret) };
}

/** Keys of examples. */
export function signedWithWeakSecret(jwt: Jwt): Forgery {
  return { label: 'HS256 with the key "secret"', token: hmac(jwt, 'secret') };
}

function hmac({ header, parts }: Jwt, secret: string | Buffer): string {
  const input = `${encode({ ...header, alg: 'HS256' })}.${parts[1]}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

/** An unknown `kid`, and the key itself in `jwk`: who believes it believes everybody (RFC 7515 §4.1.3). */
async function signedByUs({ header, parts }: Jwt): Promise<string> {
  const rsa = /^[RP]S/.test(String(header['alg']));
  const { publicKey, privateKey } = rsa
    ? await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
    : await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
  const jwk: JsonWebKey = publicKey.export({ format: 'jwk' });
  const alg = rsa ? 'RS256' : 'ES256';
  const input = `${encode({ ...header, alg, kid: 'ostler', jwk })}.${parts[1]}`;
  const key = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const;
  return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
}
