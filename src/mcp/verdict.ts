import type { ServerDefinition } from '../config/types.js';
import type { OstlerError } from '../core/errors.js';
import { isAuth } from './retry-policy.js';
import { SessionGone } from './session-gone.js';

/** What a failed request says about its connection. */
export type Verdict = 'fine' | 'refused' | 'session-gone' | 'lost' | 'doubtful';

/**
 * Judges by the error of a request. A child process tells by its end, and only by that. `doubtful`:
 * the server may be gone, or just have refused this request.
 */
export function judge(error: OstlerError, { transport }: ServerDefinition): Verdict {
  if (transport === 'stdio') return 'fine';
  if (isAuth(error)) return 'refused';
  if (error instanceof SessionGone) return 'session-gone';
  switch (error.code) {
    case 'server_unreachable':
      return 'lost';
    case 'server_failed':
    case 'wrong_transport':
      return 'doubtful';
    default:
      return 'fine';
  }
}

/** Errors of a request that never reached the server. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** True when no byte of the request left. */
export function isNeverSent({ code, cause }: OstlerError): boolean {
  const errno = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return code === 'server_unreachable' && NEVER_SENT.has(errno);
}

/** True when the server did not look at the request, so that sending it again repeats nothing. */
export function isUnprocessed(error: OstlerError): boolean {
  return error instanceof SessionGone ? error.unprocessed : isNeverSent(error);
}
