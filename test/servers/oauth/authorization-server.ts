import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Provider, type FoundToken } from 'oidc-provider';
import { startHttp, type HttpFixture } from '../http.js';
import { createAdapterFactory, type Memory } from './memory.js';

export interface AuthorizationServerOptions {
  /** Seconds an access token lives; 3600 unless given. */
  accessTokenSeconds?: number;
  /** Clients that were registered beforehand, as in RFC 7591. */
  clients?: readonly Record<string, unknown>[];
  /** Dynamic client registration (RFC 7591); on unless false. */
  registration?: boolean;
  /** The person says no: the redirect carries `access_denied`. */
  deny?: boolean;
  /** Refresh tokens are given; on unless false. */
  refresh?: boolean;
  /** Access tokens are bound to a key (RFC 9449); off unless true. */
  dpop?: boolean;
  /** Every redirect back carries this `iss` (RFC 9207); its own unless given. */
  iss?: string;
  /** Takes the place of parts of the metadata, in both documents. */
  metadata?: Record<string, unknown>;
  /** Scopes a resource may have. */
  scopes?: readonly string[];
  /** Runs before anything else; true when it has answered. */
  before?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

export interface AuthorizationServer extends HttpFixture {
  /** `http://127.0.0.1:<port>` */
  issuer: string;
  /** Logins a person saw through to their end. */
  logins: () => number;
  /** Requests of the token endpoint so far, by their grant type, successful or not. */
  tokenRequests: () => readonly string[];
  /** Every token, code and client secret that was given out, and every PKCE verifier that came. */
  secrets: () => readonly string[];
  /** A token that is still good, with what it is for. */
  look: (token: string) => Promise<FoundToken | undefined>;
  /** Access tokens that were given out are good no more; refresh tokens stay. */
  expireAccessTokens: () => void;
  revokeRefreshTokens: () => void;
  /** Registered clients are unknown from now on. */
  forgetClients: () => void;
}

interface Owner {
  clientId: string;
}

interface Seen {
  grants: string[];
  secrets: Set<string>;
  logins: number;
}

const ACCOUNT = 'alice';

/**
 * A real authorization server on loopback: code flow with PKCE, dynamic registration, resource
 * indicators, rotation, revocation, `iss`. The person at its pages says yes to everything, at once,
 * by redirects and cookies.
 */
export async function startAuthorizationServer(
  options: AuthorizationServerOptions = {},
): Promise<AuthorizationServer> {
  const memory: Memory = new Map();
  const seen: Seen = { grants: [], secrets: new Set(), logins: 0 };
  let answer: (request: IncomingMessage, response: ServerResponse) => void = () => {};
  const fixture = await startHttp((request, response) => {
    if (options.before?.(request, response) === true) return;
    answer(request, response);
  });
  const issuer = fixture.url;
  const provider = new Provider(issuer, configurationOf(options, memory));
  remember(provider, seen);
  const callback = provider.callback();
  answer = (request, response) => {
    watchSecrets(response, seen.secrets);
    if (options.iss !== undefined) replaceIss(response, options.iss);
    if (options.metadata !== undefined && request.url?.startsWith('/.well-known/') === true) {
      mergeJson(response, options.metadata);
    }
    if (request.url?.startsWith('/interaction/') !== true) return callback(request, response);
    interact(provider, { request, response, deny: options.deny === true }).catch(() => {
      response.writeHead(500).end();
    });
  };
  const clear = (model: string) => memory.get(model)?.clear();
  return {
    ...fixture,
    issuer,
    logins: () => seen.logins,
    tokenRequests: () => [...seen.grants],
    secrets: () => [...seen.secrets],
    look: async (token) =>
      (await provider.AccessToken.find(token)) ?? (await provider.ClientCredentials.find(token)),
    expireAccessTokens: () => {
      for (const model of ['AccessToken', 'ClientCredentials']) clear(model);
    },
    revokeRefreshTokens: () => clear('RefreshToken'),
    forgetClients: () => clear('Client'),
  };
}

function configurationOf(options: AuthorizationServerOptions, memory: Memory) {
  const { clients = [], registration = true, refresh = true, dpop = false } = options;
  const { accessTokenSeconds = 3600, scopes = ['mcp', 'extra'] } = options;
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    adapter: createAdapterFactory(memory),
    clients,
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256' }] },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    scopes: ['openid', 'offline_access', ...scopes],
    findAccount: (_: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id }) }),
    interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    issueRefreshToken: (_: unknown, client: { grantTypeAllowed: (type: string) => boolean }) =>
      refresh && client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    expiresWithSession: () => false,
    pkce: { required: () => true },
    clientAuthMethods: AUTH_METHODS,
    ttl: { ...TTL, AccessToken: accessTokenSeconds, ClientCredentials: accessTokenSeconds },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
      registration: { enabled: registration },
      revocation: {
        enabled: true,
        allowedPolicy: (_: unknown, client: Owner, token: Owner) =>
          client.clientId === token.clientId,
      },
      clientCredentials: { enabled: true },
      dPoP: { enabled: dpop },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => undefined,
        useGrantedResource: () => false,
        getResourceServerInfo: (_: unknown, resource: string) => ({
          scope: scopes.join(' '),
          audience: resource,
          accessTokenFormat: 'opaque',
          accessTokenTTL: accessTokenSeconds,
        }),
      },
    },
  };
}

const AUTH_METHODS = ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'];
const DAY = 86_400;
const TTL = {
  AuthorizationCode: 60,
  Grant: DAY,
  IdToken: DAY,
  Interaction: DAY,
  RefreshToken: DAY,
  Session: DAY,
};

function remember(provider: Provider, seen: Seen): void {
  const grantOf = (context: unknown) => {
    const { oidc } = context as { oidc?: { params?: Record<string, string | undefined> } };
    const { grant_type: grant = '?', code_verifier: verifier } = oidc?.params ?? {};
    seen.grants.push(grant);
    if (verifier !== undefined) seen.secrets.add(verifier);
  };
  provider.on('grant.success', grantOf);
  provider.on('grant.error', grantOf);
  provider.on('authorization.success', () => {
    seen.logins += 1;
  });
}

/** The person's part: logs in, agrees to what is asked. */
async function interact(
  provider: Provider,
  {
    request,
    response,
    deny,
  }: { request: IncomingMessage; response: ServerResponse; deny: boolean },
): Promise<void> {
  const { prompt, params, grantId, session } = await provider.interactionDetails(request, response);
  const finish = (result: Record<string, unknown>) =>
    provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
  if (deny) {
    const error = { error: 'access_denied', error_description: '<b>no\u001b[31m way</b>' };
    return provider.interactionFinished(request, response, error, {
      mergeWithLastSubmission: false,
    });
  }
  if (prompt.name === 'login') return finish({ login: { accountId: ACCOUNT } });
  const found = grantId === undefined ? undefined : await provider.Grant.find(grantId);
  const accountId = session?.accountId ?? ACCOUNT;
  const grant = found ?? new provider.Grant({ accountId, clientId: params.client_id });
  const { missingOIDCScope = [], missingResourceScopes = {} } = prompt.details;
  if (missingOIDCScope.length > 0) grant.addOIDCScope(missingOIDCScope.join(' '));
  for (const [resource, scopes] of Object.entries(missingResourceScopes)) {
    grant.addResourceScope(resource, scopes.join(' '));
  }
  return finish({ consent: { grantId: await grant.save() } });
}

const SECRET_KEYS =
  /"(?:access_token|refresh_token|client_secret|registration_access_token)":"([^"]+)"/g;

/** Takes down what leaves: tokens and secrets in bodies, codes in redirects. */
function watchSecrets(response: ServerResponse, secrets: Set<string>): void {
  const end = response.end.bind(response) as (...args: unknown[]) => ServerResponse;
  response.end = ((...args: unknown[]) => {
    const [body] = args;
    const text = typeof body === 'string' || Buffer.isBuffer(body) ? body.toString('utf8') : '';
    for (const [, secret] of text.matchAll(SECRET_KEYS)) if (secret) secrets.add(secret);
    const location = String(response.getHeader('location') ?? '');
    const code = URL.canParse(location) && new URL(location).searchParams.get('code');
    if (typeof code === 'string') secrets.add(code);
    return end(...args);
  }) as typeof response.end;
}

function replaceIss(response: ServerResponse, iss: string): void {
  beforeHead(response, () => {
    const location = String(response.getHeader('location') ?? '');
    if (!URL.canParse(location) || !new URL(location).searchParams.has('iss')) return;
    const url = new URL(location);
    url.searchParams.set('iss', iss);
    response.setHeader('location', url.href);
  });
}

function mergeJson(response: ServerResponse, extra: Record<string, unknown>): void {
  const end = response.end.bind(response) as (...args: unknown[]) => ServerResponse;
  response.end = ((body?: unknown) => {
    const parsed = JSON.parse(String(body)) as Record<string, unknown>;
    const merged = JSON.stringify({ ...parsed, ...extra });
    response.setHeader('content-length', Buffer.byteLength(merged));
    return end(merged);
  }) as typeof response.end;
}

function beforeHead(response: ServerResponse, change: () => void): void {
  const end = response.end.bind(response) as (...args: unknown[]) => ServerResponse;
  response.end = ((...args: unknown[]) => {
    if (!response.headersSent) change();
    return end(...args);
  }) as typeof response.end;
}
