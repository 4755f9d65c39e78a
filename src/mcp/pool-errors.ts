import type { ServerDefinition } from '../config/types.js';
import { OstlerError } from '../core/errors.js';
import { judge } from './verdict.js';

/** A failed request of a connection that has worked, with what follows from it. */
export function explained(error: OstlerError, server: ServerDefinition): OstlerError {
  const verdict = judge(error, server);
  if (verdict === 'refused') return refusedNow(error, server);
  if (verdict !== 'session-gone') return error;
  return changed(error, error.message, 'A new session is being opened; nothing was repeated.');
}

/** A refusal by a server that has let us in before. */
export function refusedNow(error: OstlerError, { id }: ServerDefinition): OstlerError {
  const was = EARLIER[error.code];
  if (was === undefined) return error;
  const hint = `Renew the credentials, then /servers reload ${id}`;
  return changed(error, `${error.message} ${was}`, hint);
}

const EARLIER: { readonly [code in OstlerError['code']]?: string } = {
  auth_rejected: 'It was accepted earlier and is rejected now: expired or revoked.',
  auth_required: 'It wanted none earlier.',
  forbidden: 'It gave access earlier.',
};

/** No further attempt is made. */
export function gaveUp(error: OstlerError, why: string, hint: string): OstlerError {
  return changed(error, `${error.message} Given up: ${why}.`, hint);
}

/** The connection ended by the server's own will, without a word. */
export function ended(server: string): OstlerError {
  return new OstlerError('server_failed', `${server} closed the connection.`, { server });
}

function changed(error: OstlerError, message: string, hint: string): OstlerError {
  return new OstlerError(error.code, message, {
    hint,
    server: error.server,
    status: error.status,
    cause: error,
  });
}
