import { exportJWK, exportSPKI, generateKeyPair, jwtVerify, SignJWT, type JWTPayload } from 'jose';
import { startSampleServer } from '../../src/serve/server.js';
import { refuse } from './guarded-modern.js';
import {
  bodyOf,
  setValue,
  startRewriting,
  valuesOf,
  type Reply,
  type Rewritable,
} from './rewriting-proxy.js';

const ISSUER = 'https://issuer.example';
const AUDIENCE = 'https://mcp.example';
const KID = 'key-1';
/** Streams of tokens that live longer are not ended. */
const SOON_MS = 60_000;
const UPSTREAM_TOKEN = 'token-behind-the-jwt-guard-0123456789';

export interface JwtServer {
  origin: string;
  sseUrl: string;
  mcpUrl: string;
  /** A token of the right issuer; claims replace the usual ones. `exp` in seconds since 1970. */
  token: (claims?: JWTPayload) => Promise<string>;
  close: () => Promise<void>;
}

export interface JwtOptions {
  /** Lets tokens in that the right check refuses: given the token, tells its claims, or undefined to leave it to the right check. */
  alsoAccepts?: (
    token: string,
    keys: { publicPem: string },
  ) => JWTPayload | undefined | Promise<JWTPayload | undefined>;
  /** Checks the token of a session's first request only. */
  forgets?: boolean;
}

/** A sample server behind a guard that verifies JWTs: signature, issuer, audience, times, and a scope for calls. */
export async function startJwtServer(options: JwtOptions = {}): Promise<JwtServer> {
  const sample = await startSampleServer({
    kind: 'math',
    tokens: [{ name: 'alice', token: UPSTREAM_TOKEN }],
  });
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: KID, alg: 'RS256' };
  const publicPem = await exportSPKI(publicKey);
  const known = new Set<string>();

  const claimsOf = async (token: string): Promise<JWTPayload | undefined> => {
    const also = await options.alsoAccepts?.(token, { publicPem });
    if (also !== undefined || (options.forgets === true && known.has(token))) return also ?? {};
    try {
      const rules = { issuer: ISSUER, audience: AUDIENCE, algorithms: ['RS256'] };
      const { payload } = await jwtVerify(token, publicKey, rules);
      known.add(token);
      return payload;
    } catch {
      return undefined;
    }
  };
  const guard = async (request: Rewritable): Promise<Reply | void> => {
    if (request.path === '/.well-known/jwks.json') return reply({ keys: [jwk] });
    const [header, ...more] = valuesOf(request, 'authorization');
    const token = /^bearer ([^\s,]+)$/i.exec(header ?? '')?.[1];
    if (more.length > 0) return refuse(400, 'Bad Request.');
    if (token === undefined) return refuse(401, 'Who are you?', { 'WWW-Authenticate': 'Bearer' });
    const claims = await claimsOf(token);
    if (claims === undefined) return refuse(401, 'No.', challenge('error="invalid_token"'));
    if (bodyOf(request)?.['method'] === 'tools/call' && claims['scope'] === 'read') {
      return refuse(403, 'No.', challenge('error="insufficient_scope", scope="call"'));
    }
    setValue(request, 'Authorization', `Bearer ${UPSTREAM_TOKEN}`);
  };
  const proxy = await startRewriting({
    upstream: sample.url,
    request: guard,
    response(response, request) {
      const exp = expiryOf(request);
      const left = exp === undefined ? Infinity : exp * 1000 - Date.now();
      if (left < SOON_MS && options.forgets !== true) response.endAfterMs = Math.max(0, left);
    },
  });
  return {
    origin: proxy.origin,
    sseUrl: `${proxy.origin}/sse`,
    mcpUrl: `${proxy.origin}/mcp`,
    token: (claims = {}) => {
      const now = Math.floor(Date.now() / 1000);
      const usual = { iss: ISSUER, aud: AUDIENCE, sub: 'alice', iat: now, exp: now + 3600 };
      const payload = Object.fromEntries(
        Object.entries({ ...usual, ...claims }).filter(([, value]) => value !== undefined),
      );
      return new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid: KID }).sign(privateKey);
    },
    async close() {
      await Promise.all([proxy.close(), sample.close()]);
    },
  };
}

/** A token's parts, read without a look at its signature: what a careless server does. */
export function unverified(token: string): { header: JWTPayload; claims: JWTPayload } | undefined {
  try {
    const [header, claims] = token
      .split('.')
      .slice(0, 2)
      .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as JWTPayload);
    return header === undefined || claims === undefined ? undefined : { header, claims };
  } catch {
    return undefined;
  }
}

function expiryOf(request: Readonly<Rewritable>): number | undefined {
  const token = (valuesOf(request, 'authorization')[0] ?? '').split(' ')[1] ?? '';
  return unverified(token)?.claims.exp;
}

const challenge = (text: string) => ({ 'WWW-Authenticate': `Bearer realm="jwt", ${text}` });

function reply(body: unknown): Reply {
  return {
    status: 200,
    headers: [['Content-Type', 'application/json']],
    body: JSON.stringify(body),
  };
}
