import type { DpopSession } from '@modelcontextprotocol/client';
import type { RemoteServer } from '../../config/types.js';
import type { OstlerError } from '../../core/errors.js';
import { registerSecret } from '../../core/redact.js';
import { withSignal } from '../../core/wait.js';
import { originOf } from '../../net/address.js';
import type { NetResponse } from '../../net/response.js';
import type { LoginPort } from '../ports.js';
import { acquire, needsLogin } from './acquire.js';
import {
  authError,
  createContext,
  settingsOf,
  type AuthContext,
  type Challenge,
} from './context.js';
import { dpopSession } from './dpop.js';
import { noteToken } from './in-use.js';
import { askPerson, fits, type PersonRequest } from './person.js';
import { refusedLogin, rememberRefusal } from './refused-logins.js';
import { renew } from './renew.js';
import { createTokenStore, expiryOf } from './token-store.js';
import type { Grant, KeptIn } from './types.js';

export interface AuthorizerOptions {
  server: RemoteServer;
  env: NodeJS.ProcessEnv;
  login: LoginPort | undefined;
  /** Where tokens are kept, once, and what else should be known; sanitised. */
  onNotice: (message: string) => void;
}

/** A request as it went out. */
export interface Sent {
  url: URL;
  method: string;
  /** The access token it carried. */
  token: string | undefined;
  signal: AbortSignal;
}

/** Puts tokens on the requests to one server, and gets new ones when it refuses. */
export interface Authorizer {
  /** The headers that carry the token; none while there is no token. */
  headersFor: (
    request: Pick<Sent, 'url' | 'method' | 'signal'>,
  ) => Promise<{ headers: readonly (readonly [string, string])[]; token: string | undefined }>;
  /** Learns from an answer; true: the request is worth to be sent again. */
  answered: (response: NetResponse, sent: Sent) => Promise<boolean>;
  /** A person logs in whom a connection attempt had no time for. False: none is waited for. */
  settle: (signal: AbortSignal) => Promise<boolean>;
  /** From here on a person is asked in the middle of a request. */
  connected: () => void;
}

const MAX_STEP_UPS = 2;
/** Before a token's end a new one is got; milliseconds. */
const LEEWAY_MS = 10_000;

export async function createAuthorizer(options: AuthorizerOptions): Promise<Authorizer> {
  const { server, env, login, onNotice } = options;
  const settings = settingsOf(server);
  const store = await createTokenStore(env);
  const sdk = await import('./sdk-auth.js');
  const accepted = new Set<string>();
  /** Tokens that a new login or a renewal has brought to this process. */
  const born = new Map<string, 'login' | 'renewal'>();
  const triedScopes = new Set<string>();
  let stepUps = 0;
  let grant: Grant | undefined;
  let session: DpopSession | undefined;
  let loaded = false;
  let live = false;
  let waiting: PersonRequest | undefined;
  /** Empty, or what is under way to get a token. */
  const working = new Set<Promise<void>>();

  const contextFor = (signal: AbortSignal): AuthContext =>
    createContext({ server, env, store, login, signal });

  const use = async (next: Grant | undefined, by?: 'login' | 'renewal') => {
    const key = next?.dpopKey;
    if (key === undefined) session = undefined;
    else if (key !== grant?.dpopKey) session = await dpopSession(key);
    grant = next;
    const token = next?.tokens.access_token;
    if (token !== undefined) registerSecret(`Bearer ${token}`);
    if (token !== undefined && by !== undefined) born.set(token, by);
    noteToken(server.url, token !== undefined);
  };
  const stored = async () => (await store.grants(server.url)).find((kept) => fits(kept, settings));

  /** One at a time; whoever had to wait looks first whether the token has changed meanwhile. */
  const alone = async (sent: Pick<Sent, 'token' | 'signal'>, work: () => Promise<void>) => {
    for (const other of working)
      await withSignal(
        other.catch(() => {}),
        sent.signal,
      );
    if (grant !== undefined && grant.tokens.access_token !== sent.token) return;
    const own = work();
    working.add(own);
    try {
      await own;
    } finally {
      working.delete(own);
    }
  };

  const tell = (issuer: string, where: KeptIn | undefined) => {
    if (where === undefined) return;
    const place = where.kind === 'keychain' ? 'the keychain' : where.path;
    onNotice(`${server.id}: logged in at ${originOf(issuer)}; the tokens are kept in ${place}`);
  };

  const byPerson = async (context: AuthContext, request: PersonRequest) => {
    if (login === undefined) throw needsLogin(context);
    const before = refusedLogin(server.url);
    if (before !== undefined) throw before;
    if (!live) {
      waiting = request;
      throw needsLogin(context);
    }
    const { grant: next, where } = await askPerson(context, request);
    tell(next.issuer, where);
    await use(next, 'login');
  };

  const obtain = async (context: AuthContext, request: PersonRequest) => {
    if (settings.grant === 'authorization_code') return byPerson(context, request);
    const { grant: next } = await acquire(context, request.challenge, request.scope);
    await use(next, 'login');
  };

  const unauthorized = async (challenge: Challenge, sent: Sent) => {
    const context = contextFor(sent.signal);
    const kept = await stored();
    if (kept !== undefined && kept.tokens.access_token !== sent.token) return use(kept);
    const { token } = sent;
    const isNew = token !== undefined && !accepted.has(token);
    if (isNew && born.get(token) === 'login') throw refusesNew(context, grant);
    if (kept !== undefined && !(isNew && born.get(token) === 'renewal')) {
      const renewed = await renew(context, kept, challenge);
      if (renewed !== undefined) return use(renewed, 'renewal');
    }
    return obtain(context, { challenge, rejected: token });
  };

  /** More scopes, by a new authorization: a refresh cannot widen what was granted. */
  const stepUp = async (challenge: Challenge, sent: Sent): Promise<boolean> => {
    if (challenge.error !== 'insufficient_scope' || grant === undefined) return false;
    const { tokens, asked } = grant;
    const union = sdk.computeScopeUnion(asked, tokens.scope, challenge.scope);
    const wider = sdk.isStrictScopeSuperset(union, tokens.scope ?? asked);
    if (union === undefined || !wider || triedScopes.has(union) || stepUps >= MAX_STEP_UPS) {
      return false;
    }
    await alone(sent, () => {
      triedScopes.add(union);
      stepUps += 1;
      const request = { challenge, scope: union, rejected: sent.token };
      return obtain(contextFor(sent.signal), request);
    });
    return true;
  };

  const renewInTime = async (signal: AbortSignal) => {
    const ends = grant && expiryOf(grant);
    if (grant === undefined || ends === undefined || Date.now() < ends - LEEWAY_MS) return;
    if (grant.tokens.refresh_token === undefined) return;
    const { access_token: token } = grant.tokens;
    try {
      await alone({ token, signal }, async () => {
        const renewed = grant && (await renew(contextFor(signal), grant, {}));
        if (renewed !== undefined) await use(renewed, 'renewal');
      });
    } catch (error) {
      // The clock may be wrong: the server's own answer decides.
      if (signal.aborted) throw error;
    }
  };

  return {
    async headersFor({ url, method, signal }) {
      if (!loaded) {
        await use(await stored());
        loaded = true;
      }
      await renewInTime(signal);
      const token = grant?.tokens.access_token;
      if (grant === undefined || token === undefined) return { headers: [], token };
      if (session === undefined || grant.tokens.token_type.toLowerCase() !== 'dpop') {
        return { headers: [['Authorization', `Bearer ${token}`]], token };
      }
      const proof = await session.buildProof({ htm: method, htu: url, accessToken: token });
      return {
        headers: [
          ['Authorization', `DPoP ${token}`],
          ['DPoP', proof],
        ],
        token,
      };
    },
    async answered(response, sent) {
      const { status } = response;
      const asResponse = response as unknown as Response;
      const nonceBefore = session?.nonceFor(sent.url);
      session?.observeNonce(asResponse, sent.url);
      if (status !== 401 && status !== 403) {
        if (sent.token !== undefined && !accepted.has(sent.token)) {
          accepted.add(sent.token);
          stepUps = 0;
        }
        return false;
      }
      if (session !== undefined && sdk.isDpopNonceChallenge(asResponse)) {
        return session.nonceFor(sent.url) !== nonceBefore;
      }
      const challenge = sdk.extractWWWAuthenticateParams(asResponse);
      if (status === 403) return stepUp(challenge, sent);
      if (login === undefined && grant === undefined && settings.grant === 'authorization_code') {
        // Nobody to log in: whoever has just done so elsewhere is welcome.
        await use(await stored());
        return grant !== undefined;
      }
      await alone(sent, () => unauthorized(challenge, sent));
      return true;
    },
    async settle(signal) {
      const request = waiting;
      waiting = undefined;
      if (request === undefined) return false;
      const { grant: next, where } = await askPerson(contextFor(signal), request);
      tell(next.issuer, where);
      await use(next, 'login');
      return true;
    },
    connected() {
      live = true;
    },
  };

  function refusesNew(context: AuthContext, refused: Grant | undefined): OstlerError {
    const from = refused === undefined ? '' : ` that ${originOf(refused.issuer)} has just given`;
    const error = authError('auth_rejected', context, `it refuses the token${from} (HTTP 401).`, {
      hint: 'The server and its authorization server do not agree; that is for those who run them.',
    });
    rememberRefusal(server.url, error);
    return error;
  }
}
