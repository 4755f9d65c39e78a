/**
 * The wire as `--trace` writes it (docs/trace.md). What crosses the network or the stdio of a child
 * process is handed to the one tracer of this process, which takes the secrets out and writes.
 * Without one nothing is built: `tracer()?.http(…)`.
 */

/** What a piece of traffic belongs to. */
export interface TraceLabel {
  kind: 'mcp' | 'model';
  /** Id of the server, or the model's host. */
  server: string;
}

type Headers = readonly (readonly [name: string, value: string])[];

/** The first line of a trace file. */
export interface TraceHeader {
  /** Version of this format. */
  ostler_trace: 1;
  /** Version of the program. */
  version: string;
  /** ISO 8601; every other time is milliseconds after it. */
  time: string;
}

/** One line of a trace; additive only. Every text has been through the redactor; sizes are bytes before it. */
export type TraceRecord = { t: number; id: number } & (
  | ({
      type: 'request';
      method: string;
      url: string;
      headers: Headers;
      body?: string;
      size: number;
      truncated?: true;
    } & Partial<TraceLabel>)
  | { type: 'response'; status: number; statusText: string; headers: Headers; ms: number }
  /** A piece of a response's body, whole lines where it has lines. */
  | { type: 'body'; text: string; truncated?: true }
  /** The body's end. `cut`: it was given up before. */
  | { type: 'end'; size: number; ms: number; cut?: true; truncated?: true }
  | { type: 'error'; message: string; ms: number }
  | ({ type: 'start'; command: string; args: readonly string[]; pid?: number } & TraceLabel)
  | { type: 'stdin' | 'stdout' | 'stderr'; text: string; size: number; truncated?: true }
  | { type: 'exit'; what: string; ms: number }
  /** The file has reached its largest size; nothing comes after it. */
  | { type: 'limit'; bytes: number }
);

export interface TracedRequest {
  /** Undefined: neither MCP nor the model. */
  label?: TraceLabel | undefined;
  method: string;
  url: string;
  /** As sent. */
  headers: Headers;
  body?: string | Uint8Array | null | undefined;
}

export interface TracedResponse {
  status: number;
  statusText: string;
  headers: Headers;
}

/** One HTTP exchange. `end` and `fail` close it; what comes after that is dropped. */
export interface HttpTrace {
  response: (response: TracedResponse) => void;
  /** A piece of the decoded body, as it came. */
  chunk: (bytes: Uint8Array) => void;
  /** `cut`: the body goes on, but nobody reads it any more. */
  end: (cut?: boolean) => void;
  fail: (error: unknown) => void;
}

export interface TracedProcess {
  server: string;
  command: string;
  args: readonly string[];
  pid?: number | undefined;
}

/** One child process. */
export interface StdioTrace {
  /** One line, without its end. */
  stdin: (line: string) => void;
  stdout: (line: string) => void;
  stderr: (bytes: Uint8Array) => void;
  /** `exited with code 1` */
  exit: (what: string) => void;
}

export interface Tracer {
  http: (request: TracedRequest) => HttpTrace;
  stdio: (process: TracedProcess) => StdioTrace;
  /** Writes what is held back of lines that have not ended. */
  flush: () => void;
}

let current: Tracer | undefined;

/** The tracer of this process, or undefined while nothing is traced. */
export function tracer(): Tracer | undefined {
  return current;
}

/** Traces from now on, or no longer. */
export function traceWith(next: Tracer | undefined): void {
  current = next;
}
