import type { ServerDefinition } from '../config/types.js';
import type { OstlerError } from '../core/errors.js';
import { isAuth } from './retry-policy.js';

/** What a failed request says about its connection. */
export type Verdict = 'fine' | 'refused' | 'session-gone' | 'lost' | 'doubtful';

/**
 * Judges by the error of a request. A child process tells by its end, and only by that. `doubtful`:
 * the server may be gone, or just have refused this request.
 */
export function judge(error: OstlerError, { transport }: ServerDefinition): Verdict {
  if (transport === 'stdio') return 'fine';
  if (isAuth(error)) return 'refused';
  switch (error.code) {
    case 'server_unreachable':
      return 'lost';
    case 'server_failed':
      return error.status === 404 ? 'session-gone' : 'doubtful';
    case 'wrong_transport':
      return 'doubtful';
    default:
      return 'fine';
  }
}
