import type { ServerDefinition } from '../config/types.js';
import { OstlerError } from '../core/errors.js';
import { judge } from './verdict.js';

/** A failed request of a connection that has worked, with what follows from it. */
export function explained(error: OstlerError, server: ServerDefinition): OstlerError {
  switch (judge(error, server)) {
    case 'refused':
      return changed(
        error,
        error.code === 'auth_rejected'
          ? `${error.message} It was accepted earlier and is rejected now: expired or revoked.`
          : `${error.message} It wanted none earlier.`,
        `Renew the credentials, then /servers reload ${server.id}`,
      );
    case 'session-gone':
      return changed(error, error.message, 'A new session is being opened; nothing was repeated.');
    case 'lost':
    case 'doubtful':
    case 'fine':
      return error;
  }
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
