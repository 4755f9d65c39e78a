import type { LogLevel } from '../../core/log-level.js';
import { OstlerError } from '../../core/errors.js';
import type { Connection } from '../../mcp/types.js';

/** From which level each server is wanted to log, for as long as the chat lives. */
export interface LogLevels {
  set: (connection: Connection, level: LogLevel, signal: AbortSignal) => Promise<void>;
  /** A server is back, and knows nothing of it. */
  renew: (connection: Connection, signal: AbortSignal) => void;
}

export function createLogLevels(onFailure: (error: unknown) => void): LogLevels {
  const wanted = new Map<string, LogLevel>();
  /** Connections that know. */
  const told = new WeakSet<Connection>();
  return {
    async set(connection, level, signal) {
      const { id, info } = connection;
      if (!info.offers.logging) {
        throw new OstlerError('usage', `${id} does not log.`, { server: id });
      }
      await connection.setLogLevel(level, signal);
      wanted.set(id, level);
      told.add(connection);
    },
    renew(connection, signal) {
      const level = wanted.get(connection.id);
      if (level === undefined || told.has(connection)) return;
      told.add(connection);
      connection.setLogLevel(level, signal).catch(onFailure);
    },
  };
}
