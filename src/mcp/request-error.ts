import { OstlerError } from '../core/errors.js';
import { isRecord } from '../core/json.js';
import { findOwn, refusalStatus, toServerError } from './failures.js';
import { LOST } from './http-transport.js';
import type { Link } from './link.js';
import { ProtocolError, SdkError, SdkErrorCode } from './sdk.js';
import { shown } from './shown.js';

/** Errors of a request that never reached the server. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

export interface Requested {
  /** What was asked for, as it may be shown. */
  what: string;
  /** True for a tool call: when its answer is lost, it may have run. */
  acts: boolean;
}

/**
 * Why a request on an open link failed. A refusal by the server itself is `server_failed`, a
 * connection that is gone `server_unreachable`; a lost tool call is `server_failed` as well.
 */
export function requestError(
  error: unknown,
  { server, client, transport }: Link,
  { what, acts }: Requested,
): OstlerError {
  const details = { server: server.id, cause: error };
  const lost = (why: string) => {
    const tail = acts ? '; the tool may or may not have run.' : '.';
    const message = `${server.id}: connection lost while calling ${what} (${why})${tail}`;
    return new OstlerError(acts ? 'server_failed' : 'server_unreachable', message, details);
  };
  if (error instanceof SdkError && error.code === SdkErrorCode.RequestTimeout) {
    const seconds = Math.round(server.callTimeoutMs / 100) / 10;
    return new OstlerError('timeout', `${server.id}: ${what} took longer than ${seconds} s.`, {
      ...details,
      hint: 'Give it more time with --timeout, or timeout: in the configuration.',
    });
  }
  if (error instanceof ProtocolError) {
    if (isLost(error)) return lost(shown(error.message));
    const said = `(error ${error.code}): ${shown(error.message)}`;
    return new OstlerError('server_failed', `${server.id} refused ${what} ${said}`, details);
  }
  if (error instanceof SdkError && error.code === SdkErrorCode.ConnectionClosed) {
    return lost(transport.failure()?.message ?? 'it was closed');
  }
  // The 2026-07-28 revision has no sessions that could end.
  if (refusalStatus(error) === 404 && client.getProtocolEra() !== 'modern') {
    return new OstlerError('server_failed', `${server.id} has ended the session (HTTP 404).`, {
      ...details,
      status: 404,
      hint: 'Start again; a new session will be opened.',
    });
  }
  const own = findOwn(error);
  if (own?.code === 'server_unreachable' && !NEVER_SENT.has(errno(own))) return lost(own.message);
  return toServerError(error, server);
}

/** True for the answer that stands in for one that broke off. */
export function isLost(error: ProtocolError): boolean {
  return isRecord(error.data) && LOST in error.data;
}

function errno(error: OstlerError): string {
  const { cause } = error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : '';
}
