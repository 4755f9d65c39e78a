import type { DpopSession } from '@modelcontextprotocol/client';
import { registerSecret } from '../../core/redact.js';
import type { NetResponse } from '../../net/response.js';
import type { AuthContext } from './context.js';
import { dpopSession } from './dpop.js';
import { noteToken } from './in-use.js';
import { fits } from './person.js';
import type { Grant } from './types.js';

export interface TokenHeaders {
  headers: readonly (readonly [name: string, value: string])[];
  token: string | undefined;
}

/** The grant that requests to one server are made with, and what has become of its tokens in this process. */
export interface HeldToken {
  grant: () => Grant | undefined;
  /** The newest one that is kept and fits the configuration. */
  stored: () => Promise<Grant | undefined>;
  /** `by` tells how it came into this process; left out, it was kept already. */
  use: (next: Grant | undefined, by?: 'login' | 'renewal') => Promise<void>;
  /** RFC 6750 section 2.1, or RFC 9449 section 7.1 with a proof for this one request. */
  headersFor: (url: URL, method: string) => Promise<TokenHeaders>;
  /** Learns the nonces of RFC 9449 section 8; true: the request is only worth another proof. */
  wantsProof: (response: NetResponse, url: URL) => Promise<boolean>;
  /** True for the first time a server lets this token in. */
  accept: (token: string) => boolean;
  /** How a token came that no request was let in with yet. */
  newBy: (token: string | undefined) => 'login' | 'renewal' | undefined;
}

export function holdToken({
  server,
  store,
  settings,
}: Pick<AuthContext, 'server' | 'store' | 'settings'>): HeldToken {
  const accepted = new Set<string>();
  const born = new Map<string, 'login' | 'renewal'>();
  let grant: Grant | undefined;
  let session: DpopSession | undefined;

  return {
    grant: () => grant,
    stored: async () => (await store.grants(server.url)).find((kept) => fits(kept, settings)),
    async use(next, by) {
      const key = next?.dpopKey;
      if (key === undefined) session = undefined;
      else if (session === undefined || key['x'] !== grant?.dpopKey?.['x']) {
        session = await dpopSession(key);
      }
      grant = next;
      const token = next?.tokens.access_token;
      if (token !== undefined) registerSecret(`Bearer ${token}`);
      if (token !== undefined && by !== undefined) born.set(token, by);
      noteToken(server.url, token !== undefined);
    },
    async headersFor(url, method) {
      const { access_token: token, token_type: type = '' } = grant?.tokens ?? {};
      if (token === undefined) return { headers: [], token };
      if (session === undefined || type.toLowerCase() !== 'dpop') {
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
    async wantsProof(response, url) {
      if (session === undefined) return false;
      const asResponse = response as unknown as Response;
      const before = session.nonceFor(url);
      session.observeNonce(asResponse, url);
      if (response.status !== 401) return false;
      const { isDpopNonceChallenge } = await import('./sdk-auth.js');
      return isDpopNonceChallenge(asResponse) && session.nonceFor(url) !== before;
    },
    accept(token) {
      if (accepted.has(token)) return false;
      accepted.add(token);
      return true;
    },
    newBy: (token) => (token === undefined || accepted.has(token) ? undefined : born.get(token)),
  };
}
