import type { ServerDefinition } from '../config/types.js';
import { OstlerError, toErrorInfo } from '../core/errors.js';
import type { ServerStatus } from '../core/events.js';
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
