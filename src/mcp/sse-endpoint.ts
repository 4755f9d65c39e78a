import type { RemoteServer } from '../config/types.js';
import { OstlerError } from '../core/errors.js';
import { originOf } from '../net/address.js';

const MAX_ENDPOINT_CHARS = 8192;

/**
 * Where messages are posted, from the `endpoint` event (2024-11-05/basic/transports#http-with-sse).
 * Only the server's own origin may be named, without userinfo; the query stays as the server wrote it.
 */
export function resolveEndpoint(data: string, server: RemoteServer): URL {
  const base = new URL(server.url);
  if (data.trim() === '' || data.length > MAX_ENDPOINT_CHARS || !URL.canParse(data, base.href)) {
    throw refused(server, 'it is no URL');
  }
  const url = new URL(data, base);
  if (url.origin !== base.origin) throw refused(server, `it is at ${safeOrigin(url)}`);
  if (url.username !== '' || url.password !== '') throw refused(server, 'it holds a user name');
  return url;
}

function refused(server: RemoteServer, why: string): OstlerError {
  return new OstlerError(
    'protocol_error',
    `${server.id} names an endpoint for messages that is refused: ${why}. Nothing was sent there.`,
    {
      server: server.id,
      hint: `Only ${originOf(server.url)} may see the credentials configured for it.`,
    },
  );
}

/** `javascript:` and the like have no origin to show. */
function safeOrigin(url: URL): string {
  return url.host === '' ? `a ${url.protocol} URL` : originOf(url);
}
