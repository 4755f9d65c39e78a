import { OstlerError } from '../../core/errors.js';
import { withSignal } from '../../core/wait.js';
import { forgetEra } from '../era-cache.js';
import type { LoginPort } from '../ports.js';
import { acquire, needsLogin } from './acquire.js';
import { createContext, type AuthContext, type Challenge } from './context.js';
import { forgetRefusal, refusedLogin, rememberRefusal } from './refused-logins.js';
import { scopesOf } from './token-store.js';
import type { Grant, KeptIn } from './types.js';

export interface PersonRequest {
  challenge: Challenge;
  /** More scopes than the token has that was refused. */
  scope?: string | undefined;
  /** The token that was refused: any other one that is kept by now will do. */
  rejected?: string | undefined;
  /** Nothing that is kept will do. */
  anew?: boolean;
}

/** `where` is left out for a login that another process of ours had done meanwhile. */
export interface PersonAnswer {
  grant: Grant;
  where?: KeptIn;
}

/** Logins that run in this process, by the server's URL. */
const running = new Map<string, Promise<PersonAnswer>>();

/**
 * Has a person log in: once at a time for a server, one browser at a time for all processes, and not
 * again after it was refused or failed.
 */
export async function askPerson(
  context: AuthContext,
  request: PersonRequest,
): Promise<PersonAnswer> {
  const { server, signal } = context;
  for (;;) {
    const other = running.get(server.url);
    if (other === undefined) break;
    try {
      return await withSignal(other, signal);
    } catch (error) {
      // The one who asked has gone; the question is ours now.
      if (signal.aborted || !isInterrupted(error)) throw error;
    }
  }
  const own = ask(context, request).finally(() => running.delete(server.url));
  running.set(server.url, own);
  return own;
}

async function ask(context: AuthContext, request: PersonRequest): Promise<PersonAnswer> {
  const { server, store, signal, login } = context;
  if (login === undefined) throw needsLogin(context);
  const before = refusedLogin(server.url);
  if (before !== undefined) throw before;
  let asked = false;
  const noticing: LoginPort = {
    begin(...given) {
      asked = true;
      return login.begin(...given);
    },
  };
  const work = async (): Promise<PersonAnswer> => {
    const kept = await another(context, request);
    if (kept !== undefined) return { grant: kept };
    const answer = await acquire(
      createContext({ ...context, login: noticing }),
      request.challenge,
      request.scope,
    );
    await forgetEra(server, context.env);
    return answer;
  };
  try {
    const answer = await store.alone(work, signal);
    forgetRefusal(server.url);
    return answer;
  } catch (error) {
    if (asked && !signal.aborted && error instanceof OstlerError) {
      rememberRefusal(server.url, error);
    }
    throw error;
  }
}

async function another(
  { server, store, settings }: AuthContext,
  { rejected, scope, anew }: PersonRequest,
): Promise<Grant | undefined> {
  if (anew === true) return undefined;
  const kept = (await store.grants(server.url)).find((grant) => fits(grant, settings));
  if (kept === undefined || kept.tokens.access_token === rejected) return undefined;
  const has = new Set(scopesOf(kept.tokens.scope ?? kept.asked));
  return scopesOf(scope).every((name) => has.has(name)) ? kept : undefined;
}

/** True for a grant that is what the configuration asks for now. */
export function fits(grant: Grant, settings: AuthContext['settings']): boolean {
  const { clientId, issuer } = settings;
  return (
    grant.kind === settings.grant &&
    (clientId === undefined || grant.client?.client_id === clientId) &&
    (issuer === undefined || grant.issuer === issuer) &&
    (!settings.dpop || grant.dpopKey !== undefined)
  );
}

function isInterrupted(error: unknown): boolean {
  return error instanceof OstlerError && error.code === 'interrupted';
}
