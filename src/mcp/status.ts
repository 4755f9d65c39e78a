import type { RemoteServer, ServerDefinition } from '../config/types.js';
import { OstlerError, toErrorInfo } from '../core/errors.js';
import type { ServerState, ServerStatus } from '../core/events.js';
import { usesToken } from './auth/in-use.js';
import { hasCredentials } from './http-errors.js';
import type { Connection } from './types.js';

/** What is told about a server, from what became of it. */
export function toStatus(
  { id, transport }: ServerDefinition,
  outcome: 'disabled' | OstlerError | Connection,
): ServerStatus {
  const base = { name: id, tools: 0, transport };
  if (outcome === 'disabled') return { ...base, status: 'disabled' };
  if (outcome instanceof OstlerError) {
    return { ...base, status: 'failed', error: toErrorInfo(outcome) };
  }
  const { info, tools } = outcome;
  return {
    name: id,
    status: 'connected',
    tools: tools.length,
    transport: info.transport,
    era: info.era,
    protocol_version: info.protocolVersion,
    connect_ms: info.connectMs,
    ...(info.notice === undefined ? {} : { notice: info.notice }),
  };
}

export interface LiveState {
  state: ServerState;
  connection: Connection | undefined;
  error: OstlerError | undefined;
  /** Milliseconds of the last answered request. */
  latencyMs: number | undefined;
}

/** What is told about a server of a pool. */
export function toLiveStatus(
  server: ServerDefinition,
  { state, connection, error, latencyMs }: LiveState,
): ServerStatus {
  return {
    ...(connection === undefined
      ? { name: server.id, tools: 0, transport: server.transport }
      : toStatus(server, connection)),
    status: state,
    ...(latencyMs === undefined ? {} : { latency_ms: Math.round(latencyMs) }),
    ...(server.transport === 'stdio' ? {} : { credentials: credentialsOf(server) }),
    ...(error === undefined ? {} : { error: toErrorInfo(error) }),
  };
}

function credentialsOf(server: RemoteServer): NonNullable<ServerStatus['credentials']> {
  if (usesToken(server.url)) return 'oauth';
  return server.headers.length > 0 || hasCredentials(server) ? 'headers' : 'none';
}
