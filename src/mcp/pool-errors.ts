import { OstlerError } from '../core/errors.js';
import { isAuth } from './retry-policy.js';

/** The credentials were good until now. */
export function acceptedEarlier(error: OstlerError, server: string): OstlerError {
  if (!isAuth(error)) return error;
  const message =
    error.code === 'auth_rejected'
      ? `${error.message} It was accepted earlier and is rejected now: expired or revoked.`
      : `${error.message} It wanted none earlier.`;
  return changed(error, message, `Renew the credentials, then /servers reload ${server}`);
}

/** What a call reads when its session was not known any more. */
export function newSession(error: OstlerError): OstlerError {
  return changed(error, error.message, 'A new session is being opened. The call was not repeated.');
}

/** No further attempt is made. */
export function gaveUp(error: OstlerError, server: string, why: string): OstlerError {
  return changed(error, `${error.message} Given up: ${why}.`, `/servers reload ${server}`);
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
