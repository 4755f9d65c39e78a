import type { RemoteServer } from '../../config/types.js';
import { OstlerError } from '../../core/errors.js';
import { hasCredentials } from '../http-errors.js';
import { acquire } from './acquire.js';
import { createContext, type AuthContext } from './context.js';
import type { LoggedIn, LoginOptions } from './login.js';
import { askPerson, fits } from './person.js';
import { probeChallenge } from './probe.js';
import { forgetRefusal } from './refused-logins.js';
import { renew } from './renew.js';
import { createTokenStore, expiryOf, scopesOf } from './token-store.js';
import type { Grant, KeptIn } from './types.js';

/** Behind `login`: what is kept and good, renewed, or new. */
export async function obtain(
  server: RemoteServer,
  { env, login, signal, force = false }: LoginOptions,
): Promise<LoggedIn> {
  assertMayLogIn(server);
  forgetRefusal(server.url);
  const store = await createTokenStore(env);
  const context = createContext({ server, env, store, login, signal });
  if (!force) {
    const good = await stillGood(context);
    if (good !== undefined) return toLoggedIn(good, await whereOf(context, good), true);
  }
  const challenge = await probeChallenge(server, signal);
  if (context.settings.grant !== 'authorization_code') {
    const { grant, where } = await acquire(context, challenge);
    return toLoggedIn(grant, where, false);
  }
  const { grant, where } = await askPerson(context, { challenge, anew: force });
  return toLoggedIn(grant, where ?? (await whereOf(context, grant)), where === undefined);
}

function assertMayLogIn(server: RemoteServer): void {
  if (server.oauth === 'none') {
    throw new OstlerError('usage', `${server.id} has oauth: none in its configuration.`, {
      server: server.id,
      hint: 'Remove that key to log in.',
    });
  }
  if (!hasCredentials(server)) return;
  throw new OstlerError('usage', `${server.id} gets its credentials from its headers or its URL.`, {
    server: server.id,
    hint: 'Remove those to log in.',
  });
}

/** Good by the clock; the server's own word comes with the first request. */
async function stillGood(context: AuthContext): Promise<Grant | undefined> {
  const { server, store, settings } = context;
  const kept = (await store.grants(server.url)).find((grant) => fits(grant, settings));
  if (kept === undefined) return undefined;
  if ((expiryOf(kept) ?? Infinity) > Date.now()) return kept;
  return kept.tokens.refresh_token === undefined ? undefined : renew(context, kept, {});
}

async function whereOf({ server, store }: AuthContext, { issuer }: Grant): Promise<KeptIn> {
  const states = await store.states(server.url);
  return states.find((state) => state.issuer === issuer)?.where ?? { kind: 'keychain' };
}

function toLoggedIn({ issuer, tokens, asked }: Grant, where: KeptIn, already: boolean): LoggedIn {
  return { issuer, scopes: scopesOf(tokens.scope ?? asked), where, already };
}
