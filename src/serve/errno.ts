import { isRecord } from '../core/json.js';

/** `EADDRINUSE` and the like; undefined for an error that has no such code. */
export function errnoOf(error: unknown): string | undefined {
  return isRecord(error) && typeof error['code'] === 'string' ? error['code'] : undefined;
}
