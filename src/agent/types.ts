import type {
  AgentEventBody,
  ResultImage,
  ToolCallSummary,
  ToolStatus,
  Usage,
} from '../core/events.js';
import type { ErrorInfo } from '../core/errors.js';
import type { JsonObject, JsonValue } from '../core/json.js';
import type { ChatMessage, ImageData, ToolCall } from '../core/messages.js';
import type { CallOptions, RegisteredTool, ToolRegistry, ToolResult } from '../mcp/types.js';
import type { Model, ModelInfo } from '../model/types.js';
import type { RepeatGuard } from './repeats.js';

/** A tool call that waits for a yes. */
export interface PendingCall {
  id: string;
  tool: RegisteredTool;
  args: JsonObject;
}

export interface Verdict {
  decision: 'allow' | 'deny';
  source: 'policy' | 'rule' | 'user';
  reason?: string;
  /** Somebody should have been asked and nobody was there. */
  unattended?: boolean;
  /** The arguments as a person changed them; sent instead, once they were validated. */
  args?: JsonObject;
  /** The person wants the whole prompt to end. */
  stop?: boolean;
}

/** The port through which the loop asks; first answer wins. */
export type Approve = (call: PendingCall, signal: AbortSignal) => Promise<Verdict>;

export interface ToolCallOptions extends CallOptions {
  /** Of the call, as the events have it. */
  id: string;
}

/** What the loop needs from outside. */
export interface AgentDeps {
  model: Model;
  /** The tools on offer now; asked once a turn. */
  tools: () => ToolRegistry;
  call: (tool: RegisteredTool, args: JsonObject, options: ToolCallOptions) => Promise<ToolResult>;
  approve: Approve;
  /** Keeps the images of a result where a person can look at them; returns one entry each, in their order. */
  keepImages?: (images: readonly ImageData[]) => Promise<ResultImage[]>;
  maxTurns: number;
  /** Context window the user set, tokens; otherwise a bucket is chosen. */
  numCtx?: number;
}

/** A conversation between prompts. The loop appends to it; nobody else writes. */
export interface Conversation {
  messages: ChatMessage[];
  /** Context window asked for so far; only grows, because a change makes Ollama load the model anew. */
  numCtx?: number;
  /** How many tokens the model counts for one of our estimate; learnt from its answers. */
  tokenRatio: number;
  /** Tokens of the last prompt and its answer, as the model counted them. */
  counted?: number;
  /** How many messages were taken out of it so far, so that ids never come again. */
  removed?: number;
  /** Told of every message that the loop appends. */
  onMessage?: (message: ChatMessage) => void;
}

export interface RunInput {
  deps: AgentDeps;
  conversation: Conversation;
  info: ModelInfo;
  signal: AbortSignal;
}

/** How a prompt ended; everything of the `result` event but the session's own fields. */
export interface RunOutcome {
  response: string;
  turns: number;
  toolCalls: ToolCallSummary[];
  usage: Usage;
  error: ErrorInfo | null;
}

/** What the calls of one turn share. */
export interface DispatchInput {
  deps: AgentDeps;
  /** What the model was offered in this turn. */
  tools: ToolRegistry;
  info: ModelInfo;
  repeats: RepeatGuard;
  signal: AbortSignal;
  /** Ends the other calls of the turn. */
  stop?: (reason: Error) => void;
  /** Characters a tool result may put into the context. */
  maxResultChars: number;
}

/** A call of a tool that exists, on its way. */
export interface CallContext {
  call: ToolCall;
  tool: RegisteredTool;
  emit: Emit;
  input: DispatchInput;
}

/** What came of a call, before it is redacted and told. */
export interface Answer {
  status: ToolStatus;
  /** What the model reads. */
  output: string;
  /** The arguments after repair. */
  args?: JsonObject;
  structured?: JsonValue;
  /** For a model that sees. */
  images?: readonly ImageData[];
  /** What the event says of the images, whoever sees them. */
  resultImages?: ResultImage[];
  unattended?: boolean;
  /** The `tool_use` event is already out. */
  announced?: boolean;
  /** The person ended the prompt here. */
  stop?: boolean;
}

/** One dispatched tool call: what the model reads, what the summary says. */
export interface DispatchedCall {
  message: Extract<ChatMessage, { role: 'tool' }>;
  summary: ToolCallSummary;
  unattended: boolean;
  /** The person ended the prompt at this call. */
  stop: boolean;
}

export type Emit = (event: AgentEventBody) => void;
