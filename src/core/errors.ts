import { redact } from './redact.js';

/**
 * Every expected failure of the program is an `OstlerError` with a code of this table;
 * the table also holds the exit code (docs/exit-codes.md). Anything else that is thrown is a bug.
 */
export const EXIT_CODES = {
  internal: 1,
  output_failed: 1,
  usage: 2,
  auth_required: 3,
  auth_rejected: 3,
  forbidden: 3,
  cross_origin_redirect: 3,
  server_unreachable: 4,
  server_failed: 4,
  wrong_transport: 4,
  protocol_error: 4,
  tls_error: 4,
  model_unreachable: 4,
  tool_error: 5,
  tool_not_found: 5,
  config_invalid: 6,
  project_untrusted: 6,
  turn_limit: 7,
  denied: 8,
  check_failed: 9,
  model_missing: 10,
  model_no_tools: 10,
  model_no_thinking: 10,
  model_signin: 10,
  model_busy: 10,
  model_context: 10,
  model_broke_off: 10,
  model_failed: 10,
  model_loop: 10,
  timeout: 124,
  interrupted: 130,
  terminated: 143,
} as const;

export type ErrorCode = keyof typeof EXIT_CODES;

/** What a failure looks like in events, JSON output and session files. Never an `Error` object. */
export interface ErrorInfo {
  code: ErrorCode;
  /** What happened and why, one line, no secret. */
  message: string;
  /** What to type or do next. */
  hint?: string;
  /** Configured id of the MCP server concerned. */
  server?: string;
  /** HTTP status, where there was one. */
  status?: number;
}

export interface ErrorDetails {
  hint?: string | undefined;
  server?: string | undefined;
  status?: number | undefined;
  cause?: unknown;
}

/** An expected failure: what happened, why, and what to do next. */
export class OstlerError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly server: string | undefined;
  readonly status: number | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'OstlerError';
    this.code = code;
    this.hint = details.hint;
    this.server = details.server;
    this.status = details.status;
  }

  get exitCode(): number {
    return EXIT_CODES[this.code];
  }
}

/**
 * The failure as data, for events, JSON and status lists: every registered secret is taken out of
 * its words. An unexpected error becomes `internal` with its message.
 */
export function toErrorInfo(error: unknown): ErrorInfo {
  if (error instanceof OstlerError) {
    return {
      code: error.code,
      message: redact(error.message),
      ...(error.hint === undefined ? {} : { hint: redact(error.hint) }),
      ...(error.server === undefined ? {} : { server: error.server }),
      ...(error.status === undefined ? {} : { status: error.status }),
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'internal', message: redact(message) };
}

/** Why an `AbortSignal` fired, as an error of ours: `interrupted` unless the reason already is one. */
export function abortError(signal: AbortSignal): OstlerError {
  const reason: unknown = signal.reason;
  if (reason instanceof OstlerError) return reason;
  if (reason instanceof Error && reason.name === 'TimeoutError') {
    return new OstlerError('timeout', 'The time limit was reached.', { cause: reason });
  }
  return new OstlerError('interrupted', 'Interrupted.', { cause: reason });
}
