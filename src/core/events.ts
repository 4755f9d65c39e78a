import type { ErrorInfo } from './errors.js';
import type { JsonObject, JsonValue } from './json.js';

/**
 * The one stream of events. The engine yields these, every renderer is a function over them,
 * and `-o stream-json` writes them as they are, one a line (docs/events.md).
 * Additive only: fields are added, never renamed or removed. Starts and ends share an id.
 */
export type AgentEvent =
  | InitEvent
  | MessageEvent
  | ThinkingEvent
  | ToolUseEvent
  | ApprovalEvent
  | ToolProgressEvent
  | ToolResultEvent
  | ServerEvent
  | ToolsChangedEvent
  | ResourceUpdatedEvent
  | ElicitationEvent
  | ElicitationResultEvent
  | SamplingEvent
  | SamplingResultEvent
  | LoginEvent
  | LogEvent
  | ErrorEvent
  | ResultEvent;

interface EventBase {
  /** ISO 8601, UTC, milliseconds. */
  timestamp: string;
}

/** `failed` keeps the program running; `connected` without tools is still connected. */
export type ServerState =
  | 'connecting'
  | 'connected'
  | 'reconnecting'
  | 'failed'
  | 'disabled'
  | 'closed';

export interface ServerStatus {
  /** The configured id, never the name the server gives itself. */
  name: string;
  status: ServerState;
  /** Number of tools offered to the model. */
  tools: number;
  transport?: 'stdio' | 'sse' | 'http';
  /** `legacy` = handshake by `initialize`; `modern` = 2026-07-28, no handshake. */
  era?: 'legacy' | 'modern';
  protocol_version?: string;
  /** Milliseconds from dialling to the end of `tools/list`. */
  connect_ms?: number;
  /** Milliseconds of the last answered request; the chat measures it. */
  latency_ms?: number;
  /** Remote servers: whether the requests carry headers of the configuration, or a token that was got by OAuth. */
  credentials?: 'none' | 'headers' | 'oauth';
  /** A thing the person should know, e.g. a transport fallback. */
  notice?: string;
  error?: ErrorInfo;
}

/** Always first. */
export interface InitEvent extends EventBase {
  type: 'init';
  session_id: string;
  model: string;
  version: string;
  servers: ServerStatus[];
}

/** `delta: true` is a piece of a message; the finished message follows with `delta: false` and the same id. */
export interface MessageEvent extends EventBase {
  type: 'message';
  id: string;
  role: 'user' | 'assistant';
  content: string;
  delta: boolean;
}

export interface ThinkingEvent extends EventBase {
  type: 'thinking';
  id: string;
  content: string;
  delta: boolean;
}

export interface ToolUseEvent extends EventBase {
  type: 'tool_use';
  tool_id: string;
  server: string;
  /** The server's exact tool name. */
  tool_name: string;
  /** What is really sent, after coercion and repair. */
  parameters: JsonObject;
}

export interface ApprovalEvent extends EventBase {
  type: 'approval';
  tool_id: string;
  decision: 'allow' | 'deny';
  /** Who decided: the mode (`policy`), an allow or deny pattern (`rule`), a person (`user`). */
  source: 'policy' | 'rule' | 'user';
  reason?: string;
  /** The arguments as the person changed them; these are sent. */
  parameters?: JsonObject;
}

export interface ToolProgressEvent extends EventBase {
  type: 'tool_progress';
  tool_id: string;
  progress: number;
  total?: number;
  message?: string;
}

export type ToolStatus = 'success' | 'error' | 'denied' | 'cancelled';

export interface ToolResultEvent extends EventBase {
  type: 'tool_result';
  tool_id: string;
  status: ToolStatus;
  /** What the model reads (text; images and blobs are named, not embedded). */
  output: string;
  /** The server's `structuredContent`, unchanged. */
  structured?: JsonValue;
  /** Images of the result, in their order. */
  images?: ResultImage[];
  duration_ms: number;
}

export interface ResultImage {
  mime_type: string;
  /** Bytes. */
  size: number;
  /** The file it was saved to; only the chat saves. */
  path?: string;
}

/** A server changed its state; while connecting and later. */
export interface ServerEvent extends EventBase {
  type: 'server';
  server: ServerStatus;
}

/** A connected server offers other tools than before (`notifications/tools/list_changed`). Exact tool names. */
export interface ToolsChangedEvent extends EventBase {
  type: 'tools_changed';
  server: string;
  added: string[];
  removed: string[];
  changed: string[];
}

/** A resource that is subscribed to is another one now (`notifications/resources/updated`). */
export interface ResourceUpdatedEvent extends EventBase {
  type: 'resource_updated';
  server: string;
  uri: string;
}

/** A server wants something of the person; what they answer is in no event. */
export interface ElicitationEvent extends EventBase {
  type: 'elicitation';
  /** Shared with `elicitation_result`. */
  id: string;
  server: string;
  mode: 'form' | 'url';
  /** The server's words. */
  message: string;
  /** Names of a form's fields. */
  fields?: string[];
  /** Host of a URL. */
  host?: string;
  /** The call that most likely asks: the only one of this server that ran. */
  tool_id?: string;
}

export interface ElicitationResultEvent extends EventBase {
  type: 'elicitation_result';
  id: string;
  server: string;
  action: 'accept' | 'decline' | 'cancel';
  /** Who answered: a person, `--on-elicitation` (or nobody being there), `--answers`. */
  source: 'user' | 'policy' | 'file';
}

/** A server wants an answer of the model. */
export interface SamplingEvent extends EventBase {
  type: 'sampling';
  /** Shared with `sampling_result`. */
  id: string;
  server: string;
  /** Who would answer. */
  model: string;
  /** How many messages it sends. */
  messages: number;
  /** What the model may generate at most, after our own limit. */
  max_tokens: number;
  tool_id?: string;
}

export interface SamplingResultEvent extends EventBase {
  type: 'sampling_result';
  id: string;
  server: string;
  model: string;
  status: 'answered' | 'denied' | 'failed';
  /** Tokens of the prompt, as the model counted them; 0 when it was not asked. */
  input_tokens: number;
  output_tokens: number;
  /** Why it was denied or failed. */
  error?: ErrorInfo;
}

/** A server wants a login, and what became of it. */
export interface LoginEvent extends EventBase {
  type: 'login';
  server: string;
  /** Where the person logs in. */
  host: string;
  /** `waiting` for the redirect, `done` when it came. */
  status: 'asked' | 'waiting' | 'done' | 'cancelled' | 'failed';
  error?: ErrorInfo;
}

export interface LogEvent extends EventBase {
  type: 'log';
  level: 'debug' | 'info' | 'warning' | 'error';
  message: string;
  server?: string;
  data?: JsonValue;
}

export interface ErrorEvent extends EventBase, ErrorInfo {
  type: 'error';
  severity: 'warning' | 'error';
}

export interface ToolCallSummary {
  id: string;
  server: string;
  tool: string;
  arguments: JsonObject;
  status: ToolStatus;
  duration_ms: number;
}

export interface Usage {
  /** Tokens of the last prompt, as the model counted them. */
  input_tokens: number;
  /** Tokens generated in all turns together. */
  output_tokens: number;
  total_duration_ms: number;
  /** Generated tokens a second, over all turns; 0 when unknown. */
  eval_rate: number;
  /** Size of the context window in tokens; 0 when unknown. */
  context_tokens: number;
}

/** Always last, whatever happened. Also the one object of `-o json`. */
export interface ResultEvent extends EventBase {
  type: 'result';
  status: 'success' | 'error';
  response: string;
  session_id: string;
  model: string;
  turns: number;
  tool_calls: ToolCallSummary[];
  usage: Usage;
  error: ErrorInfo | null;
  warnings: string[];
}

type WithoutTimestamp<E> = E extends AgentEvent ? Omit<E, 'timestamp'> : never;
/** An event before it is stamped. */
export type AgentEventBody = WithoutTimestamp<AgentEvent>;

/** Stamps an event with the time of now. */
export function stamp(body: AgentEventBody): AgentEvent {
  const head = { type: body.type, timestamp: new Date().toISOString() };
  return { ...head, ...body };
}
