import type { CheckEra } from '../../core/check-events.js';
import type { OstlerError } from '../../core/errors.js';
import type { JsonObject } from '../../core/json.js';
import type { Account } from './budget.js';
import type { Engine } from './engine.js';
import { VERSIONS } from './handshake.js';
import type { Answer, Credential, OpenOptions, ProbeSession } from './types.js';

/** What opening a session came to. */
export interface Opening {
  session?: ProbeSession;
  /** Of `initialize` or `server/discover`. */
  result?: JsonObject;
  /** First one first. */
  answers: readonly Answer[];
  /** Set when there is no session, or none that may be used. */
  failure?: OstlerError;
  /** It is of this era without doubt, only not right. */
  certain?: boolean;
}

export interface OpenRequest extends OpenOptions {
  era: CheckEra;
  as: Credential;
  account: Account;
}

/** Opens a session of any era by raw requests; what it opened is known to the engine from then on. */
export async function openSession(engine: Engine, request: OpenRequest): Promise<Opening> {
  switch (request.era) {
    case 'sse':
      return (await import('./open-sse.js')).openSse(engine, request);
    case 'sessions':
      return (await import('./open-http.js')).openHttp(engine, request);
    case 'stateless':
      return { session: statelessSession(engine, request.as), answers: [] };
  }
}

/** Nothing is open between two requests of 2026-07-28. */
export function statelessSession({ url }: Engine, as: Credential): ProbeSession {
  return {
    era: 'stateless',
    as,
    messagePath: `${url.pathname}${url.search}`,
    id: undefined,
    stream: undefined,
    headers: [['MCP-Protocol-Version', VERSIONS.stateless]],
    close: () => Promise.resolve(),
  };
}
