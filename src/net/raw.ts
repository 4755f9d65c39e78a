/** One HTTP/1.1 exchange exactly as written: no redirect, no retry, no header of ours but `Host`, no shared connection. */
export interface RawRequest {
  /** Origin to connect to; path and query come from `path`. */
  origin: URL;
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
  body: Uint8Array;
  /** The body went on when reading ended: a stream, or more than `maxBytes`. */
  cut: boolean;
  /** Why there is no answer, or not all of it: one line, no secret. */
  problem?: string;
  /** Milliseconds to the headers, and to the end. */
  headersMs: number;
  ms: number;
}
