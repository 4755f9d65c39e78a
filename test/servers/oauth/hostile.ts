import type { IncomingMessage, ServerResponse } from 'node:http';
import { startHttp, type HttpFixture } from '../http.js';

export interface HostileOptions {
  /** Names itself and others in the 401 and in the metadata; `own` is its origin. */
  challenge?: (own: string) => string;
  /** Protected resource metadata, on top of what is right. */
  resource?: (own: string) => Record<string, unknown>;
  /** Authorization server metadata, on top of what is right. */
  server?: (own: string) => Record<string, unknown>;
  /** Answers before anything else; true when it has. */
  before?: (request: IncomingMessage, response: ServerResponse, own: string) => boolean;
  /** Tokens it gives; `{}` takes the place of nothing. */
  tokens?: () => Record<string, unknown>;
  /** True: this token is let in. */
  accepts?: (token: string) => boolean;
}

export interface Hostile extends HttpFixture {
  mcpUrl: string;
}

/**
 * An MCP server that is its own authorization server and says whatever a test wants it to say. By
 * itself it does everything right but for letting nobody in.
 */
export async function startHostile(options: HostileOptions = {}): Promise<Hostile> {
  let own = '';
  const json = (response: ServerResponse, value: unknown, status = 200) => {
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(value));
  };
  const fixture = await startHttp((request, response) => {
    if (options.before?.(request, response, own) === true) return;
    const { pathname, searchParams } = new URL(request.url ?? '', own);
    switch (pathname) {
      case '/.well-known/oauth-protected-resource/mcp':
        return json(response, {
          resource: `${own}/mcp`,
          authorization_servers: [own],
          ...options.resource?.(own),
        });
      case '/.well-known/oauth-authorization-server':
        return json(response, { ...rightMetadata(own), ...options.server?.(own) });
      case '/register':
        return json(response, { client_id: 'registered', redirect_uris: [] }, 201);
      case '/authorize': {
        const back = new URL(searchParams.get('redirect_uri') ?? '');
        back.searchParams.set('code', 'a-code-of-the-hostile-server');
        back.searchParams.set('state', searchParams.get('state') ?? '');
        response.writeHead(302, { Location: back.href });
        return response.end();
      }
      case '/token':
        return json(response, {
          access_token: 'a-token-of-the-hostile-server',
          token_type: 'Bearer',
          ...options.tokens?.(),
        });
    }
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (token !== undefined && options.accepts?.(token) === true) {
      response.writeHead(404).end();
      return;
    }
    const challenge = options.challenge?.(own) ?? 'Bearer realm="x"';
    response.writeHead(401, { 'WWW-Authenticate': challenge });
    response.end();
  });
  own = fixture.url;
  return { ...fixture, mcpUrl: `${own}/mcp` };
}

function rightMetadata(own: string): Record<string, unknown> {
  return {
    issuer: own,
    authorization_endpoint: `${own}/authorize`,
    token_endpoint: `${own}/token`,
    registration_endpoint: `${own}/register`,
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['none'],
  };
}
