import { OstlerError } from '../core/errors.js';
import type { Connection } from './types.js';

/**
 * The same connection, whose failed requests are told: `onFailure` gives back the error that is
 * thrown. Streamable HTTP has no stream that would break, so a dead server shows in nothing else.
 */
export function watched(
  connection: Connection,
  onFailure: (error: OstlerError) => OstlerError,
): Connection {
  const told = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      return await answer;
    } catch (error) {
      throw error instanceof OstlerError ? onFailure(error) : error;
    }
  };
  return {
    id: connection.id,
    info: connection.info,
    get tools() {
      return connection.tools;
    },
    call: (...args) => told(connection.call(...args)),
    listPrompts: (...args) => told(connection.listPrompts(...args)),
    getPrompt: (...args) => told(connection.getPrompt(...args)),
    listResources: (...args) => told(connection.listResources(...args)),
    readResource: (...args) => told(connection.readResource(...args)),
    subscribe: (...args) => told(connection.subscribe(...args)),
    unsubscribe: (...args) => told(connection.unsubscribe(...args)),
    setLogLevel: (...args) => told(connection.setLogLevel(...args)),
    complete: (...args) => told(connection.complete(...args)),
    ping: (...args) => told(connection.ping(...args)),
    onNotice: connection.onNotice,
    onClose: connection.onClose,
    close: connection.close,
  };
}
