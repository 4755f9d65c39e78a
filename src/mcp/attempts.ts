import type { RemoteServer, ServerDefinition } from '../config/types.js';
import { OstlerError } from '../core/errors.js';
import { isRecord } from '../core/json.js';
import type { KnownEra } from './era-cache.js';
import { pathOf, transportTitle } from './http-errors.js';

/**
 * How a connection is opened: by `initialize`, by the 2026-07-28 revision, or by asking first.
 * `offer`: by `initialize`, for a server that names the revision it wants. `prior`: the 2026-07-28
 * revision without a question, by what the server told an earlier time (`server/discover`).
 */
export type Era =
  | 'legacy'
  | 'modern'
  | 'probe'
  | { offer: string }
  | { prior: Record<string, unknown> };

/** Statuses that say "not this transport here" (2025-11-25/basic/transports#backwards-compatibility). */
const OTHER_TRANSPORT = new Set([400, 404, 405]);

/**
 * The era to begin with. What is known is not asked again; a server without tools is asked
 * nevertheless, because nothing else would show that it is there. An SSE server is of the old
 * revisions.
 */
export function firstEra({ protocol, transport }: ServerDefinition, known?: KnownEra): Era {
  if (protocol === '2026-07-28') return 'modern';
  if (protocol === 'legacy' || transport === 'sse') return 'legacy';
  if (known === undefined) return 'probe';
  if (known.era === 'legacy') return 'legacy';
  const { discover } = known;
  const hasTools = isRecord(discover?.['capabilities']) && 'tools' in discover['capabilities'];
  return discover !== undefined && hasTools ? { prior: discover } : 'probe';
}

/** The transport to try next after a refusal, or undefined when the refusal stands. */
export function fallbackTransport(
  server: ServerDefinition,
  status: number | undefined,
): 'sse' | 'http' | undefined {
  if (server.transport === 'stdio' || !server.fallback) return undefined;
  if (status === undefined || !OTHER_TRANSPORT.has(status)) return undefined;
  return server.transport === 'http' ? 'sse' : 'http';
}

/** What a person is told about a fallback that worked. */
export function fallbackNotice(server: RemoteServer, status: number): string {
  const other = server.transport === 'http' ? 'sse' : 'http';
  const method = server.transport === 'http' ? 'POST' : 'GET';
  return `${method} answered ${status}, so ${transportTitle(other)} was used; write type: ${other} to skip the try`;
}

/** Both transports were refused: the more telling of the two errors. */
export function bothRefused(server: RemoteServer, first: number, error: OstlerError): OstlerError {
  const second = error.status;
  if (second === undefined || !OTHER_TRANSPORT.has(second)) return error;
  const [http, sse] = server.transport === 'http' ? [first, second] : [second, first];
  return new OstlerError(
    'wrong_transport',
    `${server.id}: ${pathOf(server)} serves neither Streamable HTTP (HTTP ${http}) nor SSE (HTTP ${sse}).`,
    {
      server: server.id,
      status: second,
      hint: 'Check the path of the MCP endpoint: often /mcp or /sse.',
      cause: error,
    },
  );
}
