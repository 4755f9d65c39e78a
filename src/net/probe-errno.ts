import { isRecord } from '../core/json.js';

/** `ECONNREFUSED` and the like; empty when the error has no code. */
export function errnoOf(error: unknown): string {
  return isRecord(error) && typeof error['code'] === 'string' ? error['code'] : '';
}
