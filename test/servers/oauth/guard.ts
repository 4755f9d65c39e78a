import type { IncomingMessage, ServerResponse } from 'node:http';
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } from 'jose';
import { createHash } from 'node:crypto';
import type { AuthorizationServer } from './authorization-server.js';

export interface GuardOptions {
  as: AuthorizationServer;
  /** Scopes every request needs. */
  scopes: readonly string[];
  /** Tools that need one scope more. */
  toolScopes: Readonly<Record<string, string>>;
  /** Takes the place of parts of the protected resource metadata. */
  metadata: Record<string, unknown>;
  /** No metadata is published and none is named in a 401. */
  bare: boolean;
}

export interface Guarded {
  body: unknown;
}

/** Lets a request in that carries a token of `as` for exactly this resource; answers the others (RFC 9728, RFC 6750). */
export function createGuard(options: GuardOptions) {
  const { as, scopes, toolScopes, metadata, bare } = options;
  const challenge = (resource: URL, words: Record<string, string>) => {
    const document = `${resource.origin}/.well-known/oauth-protected-resource${resource.pathname}`;
    const all = { ...words, ...(bare ? {} : { resource_metadata: document }) };
    const list = Object.entries(all).map(([name, value]) => `${name}="${value}"`);
    return list.length === 0 ? 'Bearer' : `Bearer ${list.join(', ')}`;
  };
  return {
    /** True when the request was one for the metadata document. */
    metadata(request: IncomingMessage, response: ServerResponse, origin: string): boolean {
      const path = request.url ?? '';
      if (!path.startsWith('/.well-known/')) return false;
      const [, resource] = /^\/\.well-known\/oauth-protected-resource(\/.+)$/.exec(path) ?? [];
      if (bare || resource === undefined) {
        response.writeHead(404).end();
        return true;
      }
      const document = {
        resource: `${origin}${resource}`,
        authorization_servers: [as.issuer],
        scopes_supported: scopes,
        bearer_methods_supported: ['header'],
        ...metadata,
      };
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(document));
      return true;
    },
    /** The request's body, or undefined when it was turned away. */
    async enter(
      request: IncomingMessage,
      response: ServerResponse,
      resource: URL,
    ): Promise<Guarded | undefined> {
      const body = await readJson(request);
      const refuse = (status: 401 | 403, words: Record<string, string>) => {
        response.writeHead(status, {
          'Content-Type': 'application/json',
          'WWW-Authenticate': challenge(resource, words),
        });
        response.end(JSON.stringify({ error: words['error'] ?? 'unauthorized' }));
        return undefined;
      };
      const [, token] = /^(?:Bearer|DPoP) (.+)$/i.exec(request.headers.authorization ?? '') ?? [];
      if (token === undefined) return refuse(401, { scope: scopes.join(' ') });
      const found = await as.look(token);
      const audience = [found?.aud ?? []].flat();
      if (!audience.includes(resource.href)) return refuse(401, { error: 'invalid_token' });
      if (
        found?.jkt !== undefined &&
        !(await proves(request, { token, jkt: found.jkt, resource }))
      ) {
        return refuse(401, { error: 'invalid_dpop_proof' });
      }
      const extra = toolScopes[toolOf(body) ?? ''];
      const needed = extra === undefined ? scopes : [...scopes, extra];
      const given = new Set(found?.scope?.split(' '));
      if (needed.every((scope) => given.has(scope))) return { body };
      return refuse(403, { error: 'insufficient_scope', scope: needed.join(' ') });
    },
  };
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function toolOf(body: unknown): string | undefined {
  const { method, params } = (body ?? {}) as { method?: string; params?: { name?: string } };
  return method === 'tools/call' ? params?.name : undefined;
}

/** RFC 9449 section 4.3, as far as a test needs it. */
async function proves(
  request: IncomingMessage,
  { token, jkt, resource }: { token: string; jkt: string; resource: URL },
): Promise<boolean> {
  const proof = request.headers['dpop'];
  if (typeof proof !== 'string' || !/^DPoP /i.test(request.headers.authorization ?? ''))
    return false;
  try {
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, { typ: 'dpop+jwt' });
    const { jwk } = protectedHeader;
    const ath = createHash('sha256').update(token).digest('base64url');
    return (
      jwk !== undefined &&
      (await calculateJwkThumbprint(jwk)) === jkt &&
      payload['htm'] === request.method &&
      payload['htu'] === `${resource.origin}${resource.pathname}` &&
      payload['ath'] === ath
    );
  } catch {
    return false;
  }
}
