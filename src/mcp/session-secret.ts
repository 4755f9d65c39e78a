import { registerSecret } from '../core/redact.js';

/** Shorter ids are no secret, and would occur in ordinary text. */
const MIN_CHARS = 16;

/** Whoever knows a session's id may speak in it: it is shown nowhere (2025-11-25/basic/transports#session-management). */
export function hideSessionId(id: string | null): void {
  if (id !== null && id.length >= MIN_CHARS) registerSecret(id);
}

/** The same for the address of an SSE session, whose query holds the id. */
export function hideSessionIn(endpoint: URL): void {
  for (const value of endpoint.searchParams.values()) hideSessionId(value);
}
