import { OstlerError } from '../core/errors.js';
import { isRecord } from '../core/json.js';
import { originOf } from './address.js';

const UNKNOWN_AUTHORITY = 'its certificate was signed by an unknown authority';

const CERTIFICATE_REASONS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate chain ends in an unknown authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
  CERT_UNTRUSTED: UNKNOWN_AUTHORITY,
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  CERT_REVOKED: 'its certificate was revoked',
  CERT_SIGNATURE_FAILURE: 'its certificate has a broken signature',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name',
};

const CERTIFICATE_HINTS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'The server needs a new certificate; is the clock of this machine right?',
  CERT_NOT_YET_VALID: 'Is the clock of this machine right?',
  CERT_REVOKED: 'The server needs a new certificate.',
  CERT_SIGNATURE_FAILURE: 'The server needs a new certificate.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'Use the host name that the certificate is for.',
};

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host name',
  EAI_AGAIN: 'the host name could not be looked up',
  ECONNRESET: 'the connection was reset',
  ECONNABORTED: 'the connection was reset',
  ERR_STREAM_PREMATURE_CLOSE: 'the connection was closed',
  EPIPE: 'the connection was closed',
  ETIMEDOUT: 'the connection timed out',
  EHOSTUNREACH: 'there is no route to the host',
  ENETUNREACH: 'the network is unreachable',
  EADDRNOTAVAIL: 'the address cannot be used from here',
  EACCES: 'this machine does not allow it',
  EPERM: 'this machine does not allow it',
};

/**
 * Any failure of a request as an `OstlerError` that names the origin and the reason, never the
 * URL's path, query or userinfo. `proxy` is the proxy it went through.
 */
export function toNetError(error: unknown, url: URL, proxy?: string): OstlerError {
  if (error instanceof OstlerError) return error;
  const code = errnoOf(error);
  const origin = originOf(url);
  if (isTls(code)) return tlsError(error, code, origin);
  // Node's own errors are kept out of the two below: they may quote what was sent.
  if (code === 'ERR_INVALID_CHAR' || code === 'ERR_INVALID_HTTP_TOKEN') {
    return new OstlerError(
      'config_invalid',
      `${headerNamed(error, code)} for ${origin} has a character that HTTP does not allow.`,
    );
  }
  if (code.startsWith('HPE_')) {
    return new OstlerError(
      'server_unreachable',
      `Cannot reach ${origin}: it does not speak HTTP (${code}).`,
      { hint: url.protocol === 'http:' ? 'Does it want https://?' : undefined },
    );
  }
  const through = proxy === undefined ? '' : ` through the proxy ${originOf(proxy)}`;
  return new OstlerError(
    'server_unreachable',
    `Cannot reach ${origin}${through}: ${reasonOf(code, 'the request failed')}.`,
    { cause: error },
  );
}

/** What broke a body while it was read, likewise. */
export function toBodyError(error: unknown, url: URL): OstlerError {
  if (error instanceof OstlerError) return error;
  const code = errnoOf(error);
  const origin = originOf(url);
  if (code.startsWith('Z_') || code.startsWith('ERR__ERROR')) {
    return new OstlerError(
      'server_failed',
      `The answer of ${origin} is compressed, and broken (${code}).`,
      { cause: error },
    );
  }
  return new OstlerError(
    'server_unreachable',
    `${origin} broke off in mid-answer: ${reasonOf(code, 'the connection was lost')}.`,
    { cause: error },
  );
}

function reasonOf(code: string, otherwise: string): string {
  return `${REASONS[code] ?? otherwise}${code === '' ? '' : ` (${code})`}`;
}

function isTls(code: string): boolean {
  return code in CERTIFICATE_REASONS || code === 'EPROTO' || /^(ERR_SSL|ERR_TLS|CERT_)/.test(code);
}

function tlsError(error: unknown, code: string, origin: string): OstlerError {
  const certificate = CERTIFICATE_REASONS[code];
  if (certificate !== undefined) {
    return new OstlerError(
      'tls_error',
      `No secure connection to ${origin}: ${certificate} (${code}).`,
      {
        cause: error,
        hint:
          CERTIFICATE_HINTS[code] ?? 'Give its authority with --ca FILE (or NODE_EXTRA_CA_CERTS).',
      },
    );
  }
  const isPlain = /wrong.version.number|packet.length.too.long|http.request/i.test(
    `${code} ${error instanceof Error ? error.message : ''}`,
  );
  return new OstlerError(
    'tls_error',
    `No secure connection to ${origin}: ${isPlain ? 'it does not speak TLS on this port' : 'the TLS handshake failed'} (${code}).`,
    { cause: error, hint: isPlain ? 'Use http:// if the server has no TLS.' : undefined },
  );
}

/** `Header "x-key"`, as far as Node says it; a name that is itself no name is not repeated. */
function headerNamed(error: unknown, code: string): string {
  const name = /\["([\w-]{1,64})"\]$/.exec(error instanceof Error ? error.message : '')?.[1];
  return code === 'ERR_INVALID_CHAR' && name !== undefined ? `Header "${name}"` : 'A header';
}

/** The error's code; of several tried addresses, the first one's. */
function errnoOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return errnoOf(error.errors[0]);
  return isRecord(error) && typeof error['code'] === 'string' ? error['code'] : '';
}
