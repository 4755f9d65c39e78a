import { OstlerError } from '../core/errors.js';
import { originOf } from './address.js';

const TLS_REASONS: Record<string, string> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate chain ends in an unknown authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate was signed by an unknown authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate was signed by an unknown authority',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name',
  EPROTO: 'it does not speak TLS on this port',
};

const REASONS: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host name',
  EAI_AGAIN: 'the host name could not be looked up',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
  ETIMEDOUT: 'the connection timed out',
  EHOSTUNREACH: 'there is no route to the host',
  ENETUNREACH: 'the network is unreachable',
};

/** Any failure of a request as an `OstlerError` that names the origin and the reason, never the URL's query or userinfo. */
export function toNetError(error: unknown, url: URL): OstlerError {
  if (error instanceof OstlerError) return error;
  const code = errnoOf(error);
  const origin = originOf(url);
  const tls = TLS_REASONS[code];
  if (tls !== undefined || code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS')) {
    return new OstlerError(
      'tls_error',
      `No secure connection to ${origin}: ${tls ?? 'TLS failed'} (${code}).`,
      {
        cause: error,
        hint:
          code === 'EPROTO'
            ? 'Use http:// if the server has no TLS.'
            : 'Give its authority with --ca FILE (or NODE_EXTRA_CA_CERTS).',
      },
    );
  }
  if (code === 'ERR_INVALID_CHAR' || code === 'ERR_INVALID_HTTP_TOKEN') {
    // Node's own message is kept out: it may quote the header.
    return new OstlerError(
      'config_invalid',
      `A header for ${origin} has a character that HTTP does not allow.`,
    );
  }
  const reason = REASONS[code] ?? 'the request failed';
  return new OstlerError(
    'server_unreachable',
    `Cannot reach ${origin}: ${reason} (${code || 'unknown'}).`,
    { cause: error },
  );
}

/** The error's code; of several tried addresses, the first one's. */
function errnoOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return errnoOf(error.errors[0]);
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}
