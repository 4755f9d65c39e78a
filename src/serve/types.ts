/** Who a token belongs to. Sessions are bound to the name; the token itself is never kept. */
export interface Principal {
  /** Shown in the log. Unique. */
  name: string;
  /** Credential of RFC 6750 §2.1: `[A-Za-z0-9-._~+/]+=*`. */
  token: string;
}

export type SampleKind = 'math' | 'shell';

export interface SampleServerOptions {
  kind: SampleKind;
  /** Address to listen on; default 127.0.0.1. Any other than loopback asks for long tokens. */
  host?: string;
  /** 0 (the default) takes a free one. */
  port?: number;
  /** At least one; names and tokens differ from each other. */
  tokens: readonly Principal[];
  /** One line at a time, safe for a terminal, without secrets. */
  log?: (line: string) => void;
  /** Milliseconds between the comments that keep an idle event stream open; default 15,000. */
  keepAliveMs?: number;
  /** Further `Host` values, `name` (any port) or `name:port`, e.g. behind a reverse proxy. */
  allowedHosts?: readonly string[];
  /** Web origins that may call from a browser, e.g. `https://app.example`. */
  allowedOrigins?: readonly string[];
  limits?: Partial<ServeLimits>;
  shell?: ShellOptions;
  /** Ends the server. */
  signal?: AbortSignal;
}

export interface ShellOptions {
  /** Directory the commands start in and `working_dir` must stay inside; default the current one. */
  root?: string;
  /** Milliseconds a command may take; default 30,000. */
  timeoutMs?: number;
  /** Commands that may run at once; default 4. */
  maxConcurrent?: number;
  /** Where the few harmless variables of a command's environment are taken from. */
  env?: Readonly<Record<string, string | undefined>>;
}

export interface SampleServer {
  /** Origin, e.g. `http://127.0.0.1:43211`. */
  url: string;
  /** Legacy HTTP+SSE (2024-11-05). */
  sseUrl: string;
  /** Streamable HTTP (2025). */
  mcpUrl: string;
  port: number;
  /** Ends streams, sessions and running commands at once. May be called again. */
  close: () => Promise<void>;
}

export interface ServeLimits {
  /** Bytes of a request body. */
  bodyBytes: number;
  sessionsPerPrincipal: number;
  /** Requests of one principal that are not answered to the end, event streams included. */
  openRequestsPerPrincipal: number;
  /** Milliseconds a session lives without a request or an open stream. */
  sessionIdleMs: number;
  /** Bytes an event stream's reader may lag behind before it is cut. */
  queuedBytes: number;
  /** Wrong tokens of one remote address within the window before the answer is 429. */
  badTokens: number;
  badTokenWindowMs: number;
  /** TCP connections in all. */
  connections: number;
  /** Milliseconds for the headers, and for the whole request, to arrive. */
  headersMs: number;
  requestMs: number;
}

export const DEFAULT_LIMITS: ServeLimits = {
  bodyBytes: 1024 * 1024,
  sessionsPerPrincipal: 64,
  openRequestsPerPrincipal: 128,
  sessionIdleMs: 30 * 60_000,
  queuedBytes: 4 * 1024 * 1024,
  badTokens: 20,
  badTokenWindowMs: 10_000,
  connections: 512,
  headersMs: 10_000,
  requestMs: 30_000,
};
