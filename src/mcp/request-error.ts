import { OstlerError } from '../core/errors.js';
import { findOwn, toServerError } from './failures.js';
import type { Link } from './link.js';
import { isLost } from './lost-answer.js';
import { ProtocolError, SdkError, SdkErrorCode } from './sdk.js';
import { sessionGone } from './session-refusal.js';
import { shown } from './shown.js';
import { isNeverSent } from './verdict.js';

export { isLost };

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
export function requestError(error: unknown, link: Link, { what, acts }: Requested): OstlerError {
  const { server, transport } = link;
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
  const gone = sessionGone(error, link);
  if (gone !== undefined) return gone;
  if (error instanceof ProtocolError) {
    if (isLost(error)) return lost(shown(error.message));
    const said = `(error ${error.code}): ${shown(error.message)}`;
    return new OstlerError('server_failed', `${server.id} refused ${what} ${said}`, details);
  }
  if (error instanceof SdkError && error.code === SdkErrorCode.ConnectionClosed) {
    return lost(transport.failure()?.message ?? 'it was closed');
  }
  const own = findOwn(error);
  if (own?.code === 'server_unreachable' && !isNeverSent(own)) return lost(own.message);
  return toServerError(error, server);
}
