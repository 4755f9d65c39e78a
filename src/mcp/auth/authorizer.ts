import type { RemoteServer } from '../../config/types.js';
import type { OstlerError } from '../../core/errors.js';
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
import { holdToken, type HeldToken, type TokenHeaders } from './held-token.js';
import { createOneAtATime } from './one-at-a-time.js';
import { askPerson, type PersonAnswer, type PersonRequest } from './person.js';
import { refusedLogin, rememberRefusal } from './refused-logins.js';
import { renew } from './renew.js';
import { createStepUps } from './step-ups.js';
import { createTokenStore, expiryOf } from './token-store.js';

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
  headersFor: (request: Pick<Sent, 'url' | 'method' | 'signal'>) => Promise<TokenHeaders>;
  /** Learns from an answer; true: the request is worth to be sent again. */
  answered: (response: NetResponse, sent: Sent) => Promise<boolean>;
  /** A person logs in whom a connection attempt had no time for. False: none is waited for. */
  settle: (signal: AbortSignal) => Promise<boolean>;
  /** From here on a person is asked in the middle of a request. */
  connected: () => void;
}

/** Before a token's end a new one is got; milliseconds. */
const LEEWAY_MS = 10_000;

export async function createAuthorizer(options: AuthorizerOptions): Promise<Authorizer> {
  const { server, env, login } = options;
  const store = await createTokenStore(env);
  const settings = settingsOf(server);
  const held = holdToken({ server, store, settings });
  const stepUps = createStepUps();
  const alone = createOneAtATime();
  const contextFor = (signal: AbortSignal) => createContext({ server, env, store, login, signal });
  const tokens = createTokenSource(held, options);
  const hasChanged = (token: string | undefined) => () =>
    held.grant() !== undefined && held.grant()?.tokens.access_token !== token;
  let loaded = false;

  const refused = async (sent: Sent, challenge: Challenge): Promise<boolean> => {
    const nobody = login === undefined && settings.grant === 'authorization_code';
    if (nobody && held.grant() === undefined) {
      // Whoever has just logged in elsewhere is welcome.
      await held.use(await held.stored());
      return held.grant() !== undefined;
    }
    await alone(hasChanged(sent.token), sent.signal, () =>
      tokens.replace(contextFor(sent.signal), challenge, sent.token),
    );
    return true;
  };

  const stepUp = async (sent: Sent, challenge: Challenge): Promise<boolean> => {
    const scope = await stepUps.next(held.grant(), challenge);
    if (scope === undefined) return false;
    const request = { challenge, scope, rejected: sent.token };
    await alone(hasChanged(sent.token), sent.signal, () =>
      tokens.obtain(contextFor(sent.signal), request),
    );
    return true;
  };

  /** Not to send what is refused by now. The clock may be wrong: the server's own answer decides. */
  const renewInTime = async (signal: AbortSignal) => {
    const grant = held.grant();
    if (grant?.tokens.refresh_token === undefined) return;
    if (Date.now() < (expiryOf(grant) ?? Infinity) - LEEWAY_MS) return;
    try {
      await alone(hasChanged(grant.tokens.access_token), signal, async () => {
        const renewed = await renew(contextFor(signal), grant, {});
        if (renewed !== undefined) await held.use(renewed, 'renewal');
      });
    } catch (error) {
      if (signal.aborted) throw error;
    }
  };

  return {
    async headersFor({ url, method, signal }) {
      if (!loaded) await held.use(await held.stored());
      loaded = true;
      await renewInTime(signal);
      return held.headersFor(url, method);
    },
    async answered(response, sent) {
      const { status } = response;
      const wantsProof = await held.wantsProof(response, sent.url);
      if (status !== 401 && status !== 403) {
        if (sent.token !== undefined && held.accept(sent.token)) stepUps.reset();
        return false;
      }
      if (wantsProof) return true;
      const { extractWWWAuthenticateParams } = await import('./sdk-auth.js');
      const challenge = extractWWWAuthenticateParams(response as unknown as Response);
      return status === 401 ? refused(sent, challenge) : stepUp(sent, challenge);
    },
    settle: (signal) => tokens.settle(contextFor(signal)),
    connected: tokens.connected,
  };
}

interface TokenSource {
  /** In the place of one that was refused: another one that is kept, a renewed one, a new one. */
  replace: (context: AuthContext, challenge: Challenge, token: string | undefined) => Promise<void>;
  obtain: (context: AuthContext, request: PersonRequest) => Promise<void>;
  settle: (context: AuthContext) => Promise<boolean>;
  connected: () => void;
}

function createTokenSource(
  held: HeldToken,
  { server, onNotice }: Pick<AuthorizerOptions, 'server' | 'onNotice'>,
): TokenSource {
  let live = false;
  let waiting: PersonRequest | undefined;

  const take = async ({ grant, where }: PersonAnswer) => {
    if (where !== undefined) {
      const place = where.kind === 'keychain' ? 'the keychain' : where.path;
      const at = originOf(grant.issuer);
      onNotice(`${server.id}: logged in at ${at}; the tokens are kept in ${place}`);
    }
    await held.use(grant, 'login');
  };

  const obtain: TokenSource['obtain'] = async (context, request) => {
    if (context.settings.grant !== 'authorization_code') {
      const { grant } = await acquire(context, request.challenge, request.scope);
      return held.use(grant, 'login');
    }
    const before = refusedLogin(server.url);
    if (context.login === undefined) throw needsLogin(context);
    if (before !== undefined) throw before;
    if (live) return take(await askPerson(context, request));
    waiting = request;
    throw needsLogin(context);
  };

  return {
    obtain,
    async replace(context, challenge, token) {
      const kept = await held.stored();
      if (kept !== undefined && kept.tokens.access_token !== token) return held.use(kept);
      const by = held.newBy(token);
      if (by === 'login') throw refusesNew(context, held.grant()?.issuer);
      if (kept !== undefined && by !== 'renewal') {
        const renewed = await renew(context, kept, challenge);
        if (renewed !== undefined) return held.use(renewed, 'renewal');
      }
      return obtain(context, { challenge, rejected: token });
    },
    async settle(context) {
      const request = waiting;
      waiting = undefined;
      if (request === undefined) return false;
      await take(await askPerson(context, request));
      return true;
    },
    connected() {
      live = true;
    },
  };
}

function refusesNew(context: AuthContext, issuer: string | undefined): OstlerError {
  const from = issuer === undefined ? '' : ` that ${originOf(issuer)} has just given`;
  const error = authError('auth_rejected', context, `it refuses the token${from} (HTTP 401).`, {
    hint: 'The server and its authorization server do not agree; that is for those who run them.',
  });
  rememberRefusal(context.server.url, error);
  return error;
}
