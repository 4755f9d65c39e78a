import type { ServerDefinition } from '../config/types.js';
import { OstlerError } from '../core/errors.js';
import { isRecord } from '../core/json.js';
import { NetHeaders } from '../net/headers.js';
import { httpError, unexpectedContent, withServer } from './http-errors.js';
import { shown } from './shown.js';
import {
  ProtocolError,
  SdkError,
  SdkErrorCode,
  SdkHttpError,
  SUPPORTED_PROTOCOL_VERSIONS,
} from './sdk.js';

/** UnsupportedProtocolVersion of the 2026-07-28 revision; -32020 and -32021 are its other two. */
const UNSUPPORTED_VERSION = -32_022;
const MODERN = '2026-07-28';

/** Whatever the SDK or a transport threw, as an error of ours that names the server. */
export function toServerError(error: unknown, server: ServerDefinition): OstlerError {
  const own = findOwn(error);
  if (own !== undefined) return withServer(own, server.id);
  const status = statusOf(error);
  if (status !== undefined && server.transport !== 'stdio') {
    return isModernRefusal(status)
      ? noRevision(server, supportedIn(error))
      : httpError(server, { ...status, headers: new NetHeaders() });
  }
  const details = { server: server.id, cause: error };
  if (error instanceof SdkError) {
    if (error.code === SdkErrorCode.RequestTimeout) {
      return new OstlerError('timeout', `${server.id} did not answer in time.`, details);
    }
    if (error.code === SdkErrorCode.ConnectionClosed || error.code === SdkErrorCode.NotConnected) {
      return new OstlerError('server_failed', `${server.id} closed the connection.`, details);
    }
    const type = contentTypeOf(error);
    if (type !== undefined && server.transport !== 'stdio') {
      return unexpectedContent(server, type, '');
    }
  }
  if (error instanceof ProtocolError && error.code === UNSUPPORTED_VERSION) {
    return noRevision(server, supportedIn(error));
  }
  const said = error instanceof ProtocolError ? ` (error ${error.code})` : '';
  return new OstlerError(
    'protocol_error',
    `${server.id} does not speak MCP as expected${said}: ${shown(messageOf(error))}`,
    details,
  );
}

/** The HTTP status a connection attempt was refused with. */
export function refusalStatus(error: unknown): number | undefined {
  return refusalOf(error)?.status;
}

/** The HTTP status a request was refused with, and what was said about it. */
export function refusalOf(error: unknown): { status: number; excerpt: string } | undefined {
  const own = findOwn(error);
  if (own?.status !== undefined) return { status: own.status, excerpt: own.message };
  return statusOf(error);
}

/** True when the server wants the 2026-07-28 revision: it refuses `initialize`. */
export function wantsModern(error: unknown): boolean {
  if (error instanceof ProtocolError) {
    return error.code === UNSUPPORTED_VERSION || error.code === -32_601;
  }
  const status = statusOf(error);
  return status !== undefined && isModernRefusal(status);
}

/** What the refusing server offers in the place of what it was asked for, as far as both know it. */
export function offeredInstead(error: unknown): 'modern' | { offer: string } | undefined {
  const offered = supportedIn(error) ?? [];
  if (offered.includes(MODERN)) return 'modern';
  const offer = SUPPORTED_PROTOCOL_VERSIONS.find((version) => offered.includes(version));
  return offer === undefined ? undefined : { offer };
}

/** `data.supported` of a refused version (2026-07-28/basic/versioning, 2025-11-25/basic/lifecycle). */
function supportedIn(error: unknown): string[] | undefined {
  const data =
    error instanceof ProtocolError ? error.data : errorIn(statusOf(error)?.excerpt)?.data;
  const supported = isRecord(data) ? data['supported'] : undefined;
  if (!Array.isArray(supported)) return undefined;
  const versions = supported.filter((one): one is string => typeof one === 'string');
  return versions.length === 0 ? undefined : versions.slice(0, 20);
}

/** The JSON-RPC error in the body of a refusal. */
export function errorIn(
  body: string | undefined,
): { code: number; message: string; data?: unknown } | undefined {
  if (body === undefined || !body.trimStart().startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(body);
    const error = isRecord(value) ? value['error'] : undefined;
    if (!isRecord(error) || typeof error['code'] !== 'number') return undefined;
    const { code, message, data } = error;
    return { code, message: typeof message === 'string' ? message : '', data };
  } catch {
    return undefined;
  }
}

/** True when a failure says nothing about the era of the server: it is away, busy, or wants other credentials. */
export function isInDoubt(error: unknown, server: ServerDefinition): boolean {
  const own = toServerError(error, server);
  if (own.code !== 'server_failed' && own.code !== 'protocol_error')
    return own.code !== 'wrong_transport';
  return own.status !== undefined && (own.status === 429 || own.status >= 500);
}

/** True when only the probe for the new revision failed, and the old handshake may still work. */
export function probeFailed(error: unknown): boolean {
  if (findOwn(error) !== undefined || !(error instanceof SdkError)) return false;
  const status = statusOf(error)?.status;
  if (status !== undefined) return status >= 500;
  return (
    error.code === SdkErrorCode.EraNegotiationFailed || error.code === SdkErrorCode.RequestTimeout
  );
}

/** The first error of ours in a chain of causes. */
export function findOwn(error: unknown): OstlerError | undefined {
  let at: unknown = error;
  for (let depth = 0; depth < 5 && at instanceof Error; depth += 1) {
    if (at instanceof OstlerError) return at;
    at = at.cause ?? (at instanceof SdkError ? causeIn(at.data) : undefined);
  }
  return undefined;
}

/** The text of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function causeIn(data: unknown): unknown {
  return isRecord(data) ? data['cause'] : undefined;
}

/** A 400 that carries an error of the 2026-07-28 revision: the transport is right, the revision is not. */
function isModernRefusal({ status, excerpt }: { status: number; excerpt: string }): boolean {
  return status === 400 && /"code"\s*:\s*-3202[0-2]\b/.test(excerpt);
}

function noRevision(server: ServerDefinition, supported: readonly string[] = []): OstlerError {
  const speaks =
    supported.length === 0 ? '' : ` It speaks ${supported.map((one) => shown(one)).join(', ')}.`;
  return new OstlerError(
    'protocol_error',
    `${server.id} and ostler share no protocol revision this way (asked for ${server.protocol}).${speaks}`,
    { server: server.id, hint: 'Try --protocol auto, or --protocol 2026-07-28.' },
  );
}

function statusOf(
  error: unknown,
): { status: number; statusText: string; excerpt: string } | undefined {
  if (!(error instanceof SdkHttpError)) return undefined;
  const { status, statusText = '', text } = error.data;
  return { status, statusText, excerpt: typeof text === 'string' ? text : '' };
}

function contentTypeOf(error: SdkError): string | null | undefined {
  const at = error.code === SdkErrorCode.ClientHttpUnexpectedContent ? error : error.cause;
  if (!(at instanceof SdkError) || at.code !== SdkErrorCode.ClientHttpUnexpectedContent) {
    return undefined;
  }
  return isRecord(at.data) && typeof at.data['contentType'] === 'string'
    ? at.data['contentType']
    : null;
}
