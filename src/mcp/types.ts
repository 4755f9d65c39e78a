import type { PromptMessage } from '../core/chat.js';
import type { LogLevel } from '../core/log-level.js';
import type { JsonObject, JsonSchema, JsonValue } from '../core/json.js';

/** One piece of a tool result, by the content types of the MCP specification (server/tools). */
export type ToolContent =
  | { type: 'text'; text: string }
  | { type: 'image' | 'audio'; data: Uint8Array; mimeType: string }
  | { type: 'resource_link'; uri: string; name?: string; mimeType?: string; description?: string }
  | { type: 'resource'; uri: string; mimeType?: string; text: string }
  | { type: 'resource'; uri: string; mimeType?: string; blob: Uint8Array };

export interface ToolResult {
  /** The tool itself reports a failure; the model gets to see it. */
  isError: boolean;
  content: readonly ToolContent[];
  /** The server's `structuredContent`. */
  structured?: JsonValue;
}

/** A tool as its server describes it: hostile text, unchanged. */
export interface ServerTool {
  name: string;
  title?: string;
  description?: string;
  inputSchema: JsonSchema;
  outputSchema?: JsonSchema;
  /** Claims of the server, never a reason to ask less. */
  annotations?: JsonObject;
  /** Whether it is called as a task (2025-11-25/basic/utilities/tasks); missing means never. */
  taskSupport?: 'required' | 'optional' | 'forbidden';
}

export interface ConnectionInfo {
  transport: 'stdio' | 'sse' | 'http';
  era: 'legacy' | 'modern';
  protocolVersion: string;
  /** What the server calls itself; shown, never used. */
  serverName?: string;
  serverVersion?: string;
  instructions?: string;
  connectMs: number;
  /** What the server has beside tools (`ServerCapabilities`). */
  offers: {
    prompts: boolean;
    resources: boolean;
    completions: boolean;
    logging: boolean;
    /** Single resources can be subscribed to. */
    subscriptions: boolean;
  };
  /** E.g. `POST answered 405, so SSE was used`. */
  notice?: string;
}

export interface Progress {
  progress: number;
  total?: number;
  message?: string;
}

export interface CallOptions {
  signal: AbortSignal;
  onProgress?: (progress: Progress) => void;
}

/**
 * A live connection to one MCP server. Every failure is an `OstlerError` that names the server:
 * `auth_required`, `auth_rejected`, `forbidden`, `server_unreachable`, `server_failed`,
 * `wrong_transport`, `protocol_error`, `tls_error`, `cross_origin_redirect`, `timeout`.
 */
export interface Connection {
  readonly id: string;
  readonly info: ConnectionInfo;
  /** All pages of `tools/list`, filtered by the server's configuration; a new array after a change. */
  readonly tools: readonly ServerTool[];
  /** Calls a tool by its exact name. A tool's own failure is a result with `isError`. */
  call: (tool: string, args: JsonObject, options: CallOptions) => Promise<ToolResult>;
  /** All pages of `prompts/list`. */
  listPrompts: (signal: AbortSignal) => Promise<readonly ServerPrompt[]>;
  /** `prompts/get`. */
  getPrompt: (
    name: string,
    args: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ) => Promise<readonly PromptMessage[]>;
  /** All pages of `resources/list` and `resources/templates/list`. */
  listResources: (signal: AbortSignal) => Promise<readonly ServerResource[]>;
  /** `resources/read`. */
  readResource: (uri: string, signal: AbortSignal) => Promise<readonly ToolContent[]>;
  /** From now on the server tells when this resource changes. Does nothing where it offers no subscriptions. */
  subscribe: (uri: string, signal: AbortSignal) => Promise<void>;
  unsubscribe: (uri: string, signal: AbortSignal) => Promise<void>;
  /** From now on the server logs from this level; does nothing where it offers no logging. */
  setLogLevel: (level: LogLevel, signal: AbortSignal) => Promise<void>;
  /** `completion/complete`: at most 100 values. */
  complete: (query: CompletionQuery, signal: AbortSignal) => Promise<readonly string[]>;
  /** `ping`, or the cheapest request of the era: milliseconds. */
  ping: (signal: AbortSignal) => Promise<number>;
  /** What the server tells by itself. `tools` fires when `tools` has been read anew. */
  onNotice: (listener: (notice: ServerNotice) => void) => void;
  /** Fires once when the connection is gone for good, with the reason. */
  onClose: (listener: (error: Error | undefined) => void) => void;
  /** Ends it within 150 ms: the session is deleted, the process group is killed. Never throws. */
  close: () => Promise<void>;
}

/** A prompt as its server describes it: hostile text, unchanged. */
export interface ServerPrompt {
  name: string;
  title?: string;
  description?: string;
  arguments: readonly { name: string; description?: string; required: boolean }[];
}

/** A resource or a resource template; hostile text, unchanged. */
export interface ServerResource {
  uri: string;
  name: string;
  title?: string;
  description?: string;
  mimeType?: string;
  template: boolean;
}

export interface CompletionQuery {
  ref: { prompt: string } | { resource: string };
  argument: string;
  value: string;
  context: Readonly<Record<string, string>>;
}

export type ServerNotice =
  | { type: 'tools'; before: readonly ServerTool[] }
  | { type: 'prompts' | 'resources' }
  /** A resource that was subscribed to, or one below it, has changed. */
  | { type: 'resource-updated'; uri: string }
  /** `notifications/message`, at most 8 KiB and 100 a second. A child's stderr is told by the pool. */
  | { type: 'log'; level: string; text: string };

/** A tool as the model is offered it. */
export interface RegisteredTool {
  /** `server__tool`, at most 64 of [a-zA-Z0-9_-]; a bijection with (server, name). */
  alias: string;
  server: string;
  name: string;
  description: string;
  /** The server's own schema, for validation and coercion. */
  inputSchema: JsonSchema;
  /** The server's own schema of `structuredContent`. */
  outputSchema?: JsonSchema;
  annotations?: JsonObject;
}

export interface ToolRegistry {
  readonly tools: readonly RegisteredTool[];
  /** Exact alias, or undefined. */
  resolve: (alias: string) => RegisteredTool | undefined;
  /** The one tool whose name the model can only have meant (case, `-` for `_`, prefix left out), or undefined. */
  nearest: (alias: string) => RegisteredTool | undefined;
}
