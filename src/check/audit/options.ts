import type { RemoteServer } from '../../config/types.js';
import type { JsonObject } from '../../core/json.js';
import type { Check } from './types.js';

/** Tokens beside the good one, of the same form, with or without their scheme. */
export interface AuditTokens {
  /** Of another principal. */
  second?: string | undefined;
  expired?: string | undefined;
  wrongAudience?: string | undefined;
  /** Whose scope is too small. */
  limited?: string | undefined;
}

/** One audit. */
export interface AuditOptions {
  /** Its `url`, `headers` (the good credential), `transport`, `fallback`, `protocol`, `ca` and `insecure` count. */
  server: RemoteServer;
  /** In the order in which their results come out. */
  checks: readonly Check[];
  tokens?: AuditTokens;
  /** Requests in all, the control's included; what ends the opened sessions is not counted. Default 60. */
  maxRequests?: number;
  /** Requests a second. Default 5. */
  rate?: number | 'unlimited';
  thorough?: boolean;
  active?: boolean;
  tool?: { name: string; arguments: JsonObject } | undefined;
  /** Milliseconds a stream is watched after a forbidden request. Default 2,000, on loopback 1,000. */
  watchMs?: number;
  /** Ends the audit; what it opened is closed. */
  signal: AbortSignal;
  /** The time of the events. Default: the clock. */
  clock?: () => Date;
}

export const DEFAULT_MAX_REQUESTS = 60;
export const DEFAULT_RATE = 5;
