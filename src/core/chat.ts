import type { AskElicitation, AskLogin, AskRoots, ReviewSampling } from './asks.js';
import type { ChatRoots } from './chat-roots.js';
import type { AgentEvent, ServerStatus } from './events.js';
import type { JsonObject, JsonSchema } from './json.js';
import type { LogLevel } from './log-level.js';
import type { ChatMessage, ImageData } from './messages.js';

/**
 * What an interactive user interface needs of the engine beside the events of a prompt. Types only:
 * app implements them, render uses them, cli brings the two together. Texts of servers and models
 * are unchanged in here; whoever shows them sanitises. Unless said otherwise methods reject with an
 * `OstlerError`.
 */
export interface Chat {
  /** A snapshot for the status line; cheap enough for every frame. */
  readonly info: ChatInfo;
  /** One prompt and all the turns it takes: `message` of the user first, `result` last. Never throws. */
  send: (message: Outgoing) => AsyncGenerator<AgentEvent, void>;
  /** Ends the prompt that runs now; its stream still ends with `result`. What was said is kept. */
  abort: (reason: Error) => void;
  /**
   * What happens outside of a prompt, or beside one: `server`, `tools_changed`, `resource_updated`,
   * `elicitation`, `sampling` and their results, `login`, `log`, `error`. Returns the way to stop.
   */
  subscribe: (listener: (event: AgentEvent) => void) => () => void;
  readonly servers: ChatServers;
  readonly tools: ChatTools;
  readonly prompts: ChatPrompts;
  readonly resources: ChatResources;
  readonly roots: ChatRoots;
  readonly approvals: ChatApprovals;
  readonly model: ChatModel;
  readonly conversation: ChatConversation;
  readonly sessions: ChatSessions;
  /** Ends servers and connections and writes what is unwritten. Never throws. */
  close: () => Promise<void>;
}

/**
 * How the engine asks a person. One question at a time, approvals included: the next one comes when
 * the last is settled. A signal that fires means that nobody waits for the answer any more.
 */
export interface ChatAsks {
  elicit: AskElicitation;
  reviewSampling: ReviewSampling;
  askRoots: AskRoots;
  askLogin: AskLogin;
}

export interface ChatInfo {
  sessionId: string;
  /** Set by `/rename`. */
  sessionName?: string;
  model: string;
  think?: string;
  approval: ChatApprovalMode;
  servers: readonly ServerStatus[];
  /** Tools offered to the model: of connected servers, switched on. */
  tools: number;
  /** Tokens in the context by the model's own last count (prompt and answer); 0 before the first answer. */
  usedTokens: number;
  /** Size of the context window, tokens; 0 when unknown. */
  contextTokens: number;
  /** Generated tokens a second of the last answer; 0 when unknown. */
  evalRate: number;
}

/** A message on its way to the model. */
export interface Outgoing {
  /** What the person wrote; shown, and sent unless `messages` takes its place. */
  text: string;
  /** Files and resources named in the text; they follow it, each under its name. */
  attachments?: readonly Attachment[];
  /** The messages of a server's prompt; sent instead of the text. */
  messages?: readonly PromptMessage[];
}

export type Attachment =
  | { kind: 'text'; name: string; text: string }
  | { kind: 'image'; name: string; image: ImageData };

/** A message of `prompts/get` (server/prompts); content that is not text or image is told as text. */
export interface PromptMessage {
  role: 'user' | 'assistant';
  text: string;
  images?: readonly ImageData[];
}

/** Raw flags as the command line has them (`header`, `transport`, `tokenEnv`, …), by camelCase name. */
export type RawFlags = Readonly<Record<string, string | readonly string[] | boolean | undefined>>;

export interface ServerLogLine {
  /** ISO 8601. */
  timestamp: string;
  /** `stderr` = a line of the child's stderr; otherwise the level of `notifications/message`. */
  level: string;
  text: string;
}

export interface ServerDetails {
  status: ServerStatus;
  /** The URL without secrets, or the command line. */
  address: string;
  /** What the server calls itself, `name version`. */
  identity?: string;
  instructions?: string;
  /** Names of the headers that are sent, with masked values. */
  headers: readonly (readonly [name: string, masked: string])[];
  prompts: number;
  resources: number;
}

export interface ChatServers {
  /** In the order of the configuration, then of their coming. */
  list: () => readonly ServerStatus[];
  details: (name: string, signal: AbortSignal) => Promise<ServerDetails>;
  /**
   * Connects a configured server (again) by its name, or a new one by its URL or command. `flags`
   * are those of the command line. Resolves when connected; rejects when not, and the server stays listed.
   */
  connect: (
    target: string | readonly string[],
    flags: RawFlags,
    signal: AbortSignal,
  ) => Promise<ServerStatus>;
  disconnect: (name: string) => Promise<void>;
  /** Ends the connection and makes a new one; without a name all that are configured. */
  reload: (name: string | undefined, signal: AbortSignal) => Promise<readonly ServerStatus[]>;
  /** The last 200 lines. */
  logs: (name: string) => readonly ServerLogLine[];
  /** Milliseconds from asking to answer. */
  ping: (name: string, signal: AbortSignal) => Promise<number>;
  /**
   * Logs in anew, whatever tokens there are, and connects. Asks through `askLogin`. Rejects with
   * `usage` for a server that takes no login (stdio, headers of the configuration, `oauth: none`).
   */
  login: (name: string, signal: AbortSignal) => Promise<ServerStatus>;
  /** Forgets the tokens of a server and ends its connection; false when there were none. */
  logout: (name: string) => Promise<boolean>;
  /** What a server may tell from now on, after a reconnect too. Rejects with `usage` for one that does not log. */
  setLogLevel: (name: string, level: LogLevel, signal: AbortSignal) => Promise<void>;
}

export interface ToolView {
  server: string;
  name: string;
  /** The name the model sees. */
  alias: string;
  title?: string;
  description: string;
  inputSchema: JsonSchema;
  annotations?: JsonObject;
  enabled: boolean;
}

export interface ChatTools {
  list: () => readonly ToolView[];
  /** By `server/tool` glob, server or alias; returns how many tools it fits. */
  setEnabled: (pattern: string, enabled: boolean) => number;
}

export interface PromptView {
  server: string;
  name: string;
  title?: string;
  description?: string;
  arguments: readonly { name: string; description?: string; required: boolean }[];
}

export interface ChatPrompts {
  /** Of all connected servers; from memory until a server says that they changed. A server that fails is left out. */
  list: (signal: AbortSignal) => Promise<readonly PromptView[]>;
  get: (
    prompt: { server: string; name: string; args: Readonly<Record<string, string>> },
    signal: AbortSignal,
  ) => Promise<readonly PromptMessage[]>;
  /** `completion/complete` for one argument; empty when the server has none. */
  complete: (query: PromptCompletion, signal: AbortSignal) => Promise<readonly string[]>;
}

export interface PromptCompletion {
  server: string;
  name: string;
  argument: string;
  value: string;
  /** Arguments that are filled in already. */
  context: Readonly<Record<string, string>>;
}

export interface ResourceView {
  server: string;
  /** A URI, or a URI template (RFC 6570) when `template`. */
  uri: string;
  name: string;
  title?: string;
  description?: string;
  mimeType?: string;
  template: boolean;
}

export interface ChatResources {
  /** As `ChatPrompts.list`. */
  list: (signal: AbortSignal) => Promise<readonly ResourceView[]>;
  read: (server: string, uri: string, signal: AbortSignal) => Promise<readonly Attachment[]>;
  /** Changes are told by `resource_updated`, after a reconnect too. Rejects with `usage` when the server has no subscriptions. */
  subscribe: (server: string, uri: string, signal: AbortSignal) => Promise<void>;
  /** False when there was no such subscription. */
  unsubscribe: (server: string, uri: string, signal: AbortSignal) => Promise<boolean>;
  subscriptions: () => readonly ResourceSubscription[];
}

export interface ResourceSubscription {
  server: string;
  uri: string;
  /** How often it changed since. */
  updates: number;
}

/** `auto-read` lets tools pass that their server declares read-only: the server's own word. */
export type ChatApprovalMode = 'ask' | 'auto-read' | 'auto' | 'never';

export interface ApprovalRule {
  id: string;
  server: string;
  /** `*` = all tools of the server. */
  tool: string;
  scope: 'session' | 'always';
  /** ISO 8601. */
  since: string;
  /** The server or the tool has changed since, so the rule does not count; undefined while the tool is not there. */
  stale?: boolean;
}

export interface ChatApprovals {
  mode: () => ChatApprovalMode;
  setMode: (mode: ChatApprovalMode) => void;
  rules: () => Promise<readonly ApprovalRule[]>;
  /** By id, or `all`; returns how many were forgotten. */
  forget: (id: string) => Promise<number>;
}

/** A call that waits for a person. */
export interface ApprovalRequest {
  toolId: string;
  server: string;
  tool: string;
  title?: string;
  description: string;
  /** Exactly what will be sent. Whoever shows it redacts and makes invisible characters visible. */
  args: JsonObject;
  inputSchema: JsonSchema;
  /** As declared by the server. */
  annotations?: JsonObject;
  /** The tool had a rule of `always`, and it or its server is not what it was. */
  changed: boolean;
  /** False for what its server declares destructive: there is no rule for ever. */
  mayAlways: boolean;
  /** Why the arguments that the person wrote cannot be sent; `args` are those. */
  problem?: string;
}

export type ApprovalAnswer =
  | { kind: 'once'; args?: JsonObject }
  | { kind: 'tool-session' }
  | { kind: 'tool-always' }
  | { kind: 'server-session' }
  /** The model reads the reason. */
  | { kind: 'deny'; reason?: string }
  /** No, and the prompt ends here. */
  | { kind: 'stop' };

/** Asks a person. Rejects when the signal fires first, e.g. because the server is gone. */
export type AskApproval = (
  request: ApprovalRequest,
  signal: AbortSignal,
) => Promise<ApprovalAnswer>;

export interface ModelSummary {
  name: string;
  /** Bytes. */
  size?: number;
  parameters?: string;
  quantization?: string;
  loaded?: boolean;
}

export interface ModelDetails {
  name: string;
  tools: boolean;
  vision: boolean;
  thinking: boolean;
  contextLength: number;
  defaultNumCtx?: number;
}

export interface PullProgress {
  status: string;
  completed?: number;
  total?: number;
}

export interface ChatModel {
  readonly name: string;
  /** Where the model's host listens; no secret. */
  readonly host: string;
  list: (signal: AbortSignal) => Promise<readonly ModelSummary[]>;
  details: (signal: AbortSignal) => Promise<ModelDetails>;
  /** Changes the model of the conversation, which stays. Rejects when there is no such model. */
  use: (name: string, signal: AbortSignal) => Promise<ModelDetails>;
  pull: (
    name: string,
    onProgress: (progress: PullProgress) => void,
    signal: AbortSignal,
  ) => Promise<void>;
  /** Parameters as set: `num_ctx`, `keep_alive` and those of Ollama's `options`. */
  parameters: () => Readonly<Record<string, unknown>>;
  /** Throws `usage` for a parameter Ollama does not know or a value it would not take; undefined takes it back. */
  setParameter: (name: string, value: string | undefined) => void;
  /** `off`, `on`, `low`, `medium`, `high`, `max`; undefined = the model's own default. */
  think: () => string | undefined;
  setThink: (level: string | undefined) => void;
  system: () => string | undefined;
  setSystem: (text: string | undefined) => void;
}

export interface ContextParts {
  system: number;
  tools: number;
  history: number;
  results: number;
  /** Sum of the parts, estimated by characters and corrected by the model's own counts. */
  total: number;
  /** The model's own last count; 0 before the first answer. */
  counted: number;
  /** Tokens; 0 when unknown. */
  window: number;
}

export type ExportFormat = 'md' | 'json' | 'html';

export interface ChatStats {
  prompts: number;
  turns: number;
  toolCalls: number;
  inputTokens: number;
  outputTokens: number;
  /** Milliseconds in which the model or a tool worked. */
  busyMs: number;
}

export interface ChatConversation {
  /** System prompt included. */
  messages: () => readonly ChatMessage[];
  context: (signal: AbortSignal) => Promise<ContextParts>;
  /** Lets the model write a summary and puts it in the place of the history. Resolves to the summary. */
  compact: (instructions: string | undefined, signal: AbortSignal) => Promise<string>;
  /** Takes the last prompt and everything after it away; returns its text, or undefined when there is none. */
  undo: () => string | undefined;
  /** Earlier prompts, oldest first. */
  prompts: () => readonly string[];
  /** The assistant's finished answers, oldest first. */
  answers: () => readonly string[];
  export: (format: ExportFormat) => string;
  stats: () => ChatStats;
}

export interface SessionSummary {
  id: string;
  name?: string;
  /** ISO 8601, of the last message. */
  updated: string;
  model: string;
  /** Prompts in it. */
  prompts: number;
  /** The beginning of the first prompt. */
  title: string;
  cwd: string;
}

export interface ChatSessions {
  /** Newest first. */
  list: () => Promise<readonly SessionSummary[]>;
  /** Makes an earlier session the running one; by id, unambiguous beginning of an id, or name. */
  resume: (id: string) => Promise<SessionSummary>;
  /** Starts a new, empty session; the old one stays in its file. */
  startNew: () => void;
  rename: (name: string) => Promise<void>;
}
