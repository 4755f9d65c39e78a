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
    for (let current = dialed; ; current = current.again()) {
      try {
        const connection = await connect(current, {
          signal,
          ...(onWarning === undefined ? {} : { onWarning }),
          ...(onTrouble === undefined ? {} : { onTrouble }),
          ...(onHandshake === undefined ? {} : { onHandshake }),
        });
        current.auth?.connected();
        return connection;
      } catch (error) {
        // A person who logs in has the time that takes; the server then has all of its own again.
        if (!(await settled(current, signal, server.id))) throw toOwn(error, server.id);
      }
    }
  };
}

async function settled({ auth }: Dialed, signal: AbortSignal, server: string): Promise<boolean> {
  try {
    return auth !== undefined && !signal.aborted && (await auth.settle(signal));
  } catch (error) {
    throw toOwn(error, server);
  }
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
