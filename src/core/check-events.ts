import type { ErrorInfo } from './errors.js';

/** Worst first; `--severity` and `--fail-on` name one of them. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/**
 * What became of a check. A check that could not be run is `inconclusive`, never `pass`;
 * `not_applicable` is one that this server's era, transport or credential has no use for.
 */
export type Outcome = 'pass' | 'fail' | 'warn' | 'inconclusive' | 'not_applicable';

/** How strongly the reference asks for it (RFC 2119); `advice` where no standard says so. */
export type Keyword = 'MUST' | 'SHOULD' | 'advice';

/** The three eras of MCP over HTTP: HTTP+SSE of 2024-11-05, Streamable HTTP with sessions, 2026-07-28. */
export const ERAS = ['sse', 'sessions', 'stateless'] as const;
export type CheckEra = (typeof ERAS)[number];

export interface Reference {
  /** `RFC 6750 §3.1`. */
  title: string;
  url: string;
}

/** A check as the catalogue prints it (`ostler check --list`, docs/checks.md). */
export interface CheckInfo {
  /** `AUTH-01`. */
  id: string;
  /** What holds when it passes, as a sentence: `A GET without credentials is refused.` */
  title: string;
  severity: Severity;
  keyword: Keyword;
  eras: readonly CheckEra[];
  references: readonly Reference[];
  /** What a right server answers. */
  expected: string;
  /** What to change when it fails. */
  remedy: string;
  /** Runs with `--active` only: it sends much, deletes, or takes long. */
  active: boolean;
}

/** One request and what came of it, every secret replaced; bodies cut. */
export interface Evidence {
  /** `POST /messages?sessionId=… without credentials`. */
  what: string;
  method: string;
  /** Path and query as sent. */
  path: string;
  /** As sent, secrets replaced. */
  headers: readonly (readonly [name: string, value: string])[];
  body?: string;
  /** 0 when nothing was answered; then `problem` says why. */
  status: number;
  responseHeaders: readonly (readonly [name: string, value: string])[];
  responseBody?: string;
  /** E.g. `no answer within 10 s`. */
  problem?: string;
  /** What arrived on the watched stream because of it; empty when nothing did. */
  seenOnStream?: readonly string[];
  ms: number;
}

export interface CheckResult extends CheckInfo {
  outcome: Outcome;
  /** Why, in a sentence. Never empty. */
  reason: string;
  /** Only what carries the verdict. */
  evidence: readonly Evidence[];
  /** Requests it sent. */
  requests: number;
}

export interface CheckTarget {
  /** Configured name, or the host. */
  server: string;
  /** Secrets masked. */
  url: string;
  eras: readonly CheckEra[];
  protocolVersion?: string;
  serverName?: string;
  serverVersion?: string;
  /** Names of the headers that carry credentials; empty when there are none. */
  credentials: readonly string[];
}

export type CheckCounts = Readonly<Record<Outcome, number>>;

/** The audit as a stream; additive only. `check` events come in the catalogue's order. */
export type CheckEvent =
  /** Always first. */
  | { type: 'check_start'; timestamp: string; url: string; server: string; planned: number }
  /** The positive control: with the good credentials everything works. */
  | { type: 'control'; timestamp: string; ok: true; target: CheckTarget; tools: number; ms: number }
  | { type: 'control'; timestamp: string; ok: false; target?: CheckTarget; error: ErrorInfo }
  /** How far it is; for a person who waits. */
  | { type: 'check_progress'; timestamp: string; done: number; planned: number; requests: number }
  | { type: 'check'; timestamp: string; result: CheckResult }
  /** Always last. */
  | {
      type: 'check_end';
      timestamp: string;
      target?: CheckTarget;
      counts: CheckCounts;
      requests: number;
      ms: number;
      /** Why it broke off, when it did: the control failed, Ctrl+C. */
      error: ErrorInfo | null;
      notes: readonly string[];
    };

/** All of one audit, for reports that are written at the end. */
export interface CheckReport {
  end: Extract<CheckEvent, { type: 'check_end' }>;
  start: Extract<CheckEvent, { type: 'check_start' }>;
  results: readonly CheckResult[];
}
