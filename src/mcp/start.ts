import type { ServerDefinition } from '../config/types.js';
import { OstlerError, toErrorInfo } from '../core/errors.js';
import { dial, type Dialed, type DialOptions } from './dial.js';
import type { Handshake } from './connection.js';
import type { Connection } from './types.js';

export interface FinishOptions {
  signal: AbortSignal;
  onTrouble?: () => void;
  /** The handshake is done, the tools are not listed yet. */
  onHandshake?: (handshake: Handshake) => void;
}

/** Makes the connection of what was started. Rejects with an `OstlerError`; what was started is ended then. */
export type Finish = (options: FinishOptions) => Promise<Connection>;

/**
 * Starts towards a server at once and gives back how to finish, which has to be called: the SDK is
 * loaded only then, while servers boot.
 */
export function startServer(server: ServerDefinition, options: DialOptions): Finish {
  const dialed = tryDial(server, options);
  return async ({ signal, onTrouble, onHandshake }) => {
    if (dialed instanceof OstlerError) throw dialed;
    const { onWarning } = options;
    const { connect } = await import('./connection.js');
    try {
      return await connect(dialed, {
        signal,
        ...(onWarning === undefined ? {} : { onWarning }),
        ...(onTrouble === undefined ? {} : { onTrouble }),
        ...(onHandshake === undefined ? {} : { onHandshake }),
      });
    } catch (error) {
      throw toOwn(error, server.id);
    }
  };
}

function tryDial(server: ServerDefinition, options: DialOptions): Dialed | OstlerError {
  try {
    return dial(server, options);
  } catch (error) {
    return toOwn(error, server.id);
  }
}

/** A bug shows as what it is, but does not take the other servers with it. */
export function toOwn(error: unknown, server: string): OstlerError {
  if (error instanceof OstlerError) return error;
  return new OstlerError('internal', toErrorInfo(error).message, { server, cause: error });
}
