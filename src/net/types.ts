import type { LookupFunction } from 'node:net';
import type { TraceLabel } from '../core/trace.js';
import type { OnExchange } from './observe.js';

/** The slice of the Fetch standard (https://fetch.spec.whatwg.org) that this program uses, without undici. */

export interface NetRequest {
  method?: string;
  /** Pairs, `Headers` or a plain object. */
  headers?: unknown;
  body?: string | Uint8Array | null;
  signal?: AbortSignal | null;
  /** `manual` hands the 3xx to the caller; otherwise redirects are followed within the origin only. */
  redirect?: 'follow' | 'manual' | 'error';
}

export interface NetOptions {
  /** Sent with every request; a request's own header of the same name wins. */
  headers?: readonly (readonly [name: string, value: string])[];
  /** PEM text of additional certificate authorities. */
  ca?: string | undefined;
  insecure?: boolean | undefined;
  /** Until the connection stands. Default 10,000 ms. */
  connectTimeoutMs?: number;
  /** Until the response's headers. Default: none, the caller's signal decides. */
  headersTimeoutMs?: number;
  /** Bytes of a decoded body, event streams included; `Infinity` for none. Default 64 MiB. */
  maxBodyBytes?: number;
  /** Resolves names in the system's place; the connection goes to what it gives. Not asked for proxied URLs. */
  lookup?: LookupFunction | undefined;
  /** Hears of every exchange, for those who tell it (`inspect`). */
  onExchange?: OnExchange | undefined;
  /** Whose traffic it is, for a trace. */
  label?: TraceLabel | undefined;
}
