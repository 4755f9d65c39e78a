import type { ErrorCode } from '../core/errors.js';

/** One HTTP/1.1 exchange exactly as written: no redirect, no retry, no header of ours but `Host` and `Content-Length`, no shared connection. */
export interface RawRequest {
  /** Origin to connect to; path and query come from `path`. */
  origin: URL;
  /** Sent as written, lower case too. */
  method: string;
  /** Request target, sent byte by byte: `/sse/.`, `//mcp`. */
  path: string;
  /** In order; a name may stand twice. Without `host` the right one is added. */
  headers: readonly (readonly [name: string, value: string])[];
  body?: Uint8Array;
  ca?: string | undefined;
  insecure?: boolean | undefined;
}

export interface RawAnswer {
  /** 0 when there was none. */
  status: number;
  statusText: string;
  /** As they came, in order. */
  headers: readonly (readonly [name: string, value: string])[];
  /** Without its Content-Encoding. */
  body: Uint8Array;
  /** The body went on when reading ended: a stream, or more than `maxBytes`. */
  cut: boolean;
  /** Why there is no answer, or not all of it: one line, no secret. */
  problem?: string;
  /** What kind of problem it is: `server_unreachable`, `tls_error`, `timeout`, `config_invalid` for what cannot be sent. */
  code?: ErrorCode;
  /** Milliseconds to the headers, and to the end. */
  headersMs: number;
  ms: number;
}

export interface RawOptions {
  /** Ends it; the call rejects with the signal's reason. */
  signal: AbortSignal;
  /** Milliseconds for the whole answer, of an opened stream for its headers. Default 10,000. */
  timeoutMs?: number;
  /** Bytes of the decoded body that are kept; the rest is not read. Default 64 KiB. */
  maxBytes?: number;
  /** Asked after each piece of the body, in order; true ends the reading. */
  until?: (chunk: Uint8Array) => boolean;
}

/** An answer whose body is read as it comes. */
export interface RawStream {
  /** 0 when there was no answer; then `problem` says why. */
  readonly status: number;
  readonly statusText: string;
  readonly headers: RawAnswer['headers'];
  readonly headersMs: number;
  /** Set when there is no answer, or when `chunks` ended because something broke. */
  readonly problem: string | undefined;
  readonly code: ErrorCode | undefined;
  /** The body, decoded, once. Ends with the server's end, a broken connection or `close`; never throws. */
  chunks: () => AsyncGenerator<Uint8Array, void>;
  /** Cuts the connection. May be called again. */
  close: () => void;
}
