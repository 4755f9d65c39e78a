import type { IncomingHttpHeaders } from 'node:http';

/** What a model of the fake can do, in the words of /api/show. */
export type Capability = 'completion' | 'tools' | 'vision' | 'thinking' | 'embedding';

export interface FakeModel {
  /** With its tag, `llama3.1:latest`. */
  name: string;
  capabilities: readonly Capability[];
  template: string;
  /** Prompt rules: llama3.1's (tools only while the last message is the user's) or plain. */
  rendering: 'llama3.1' | 'plain';
  family: string;
  parameterSize: string;
  quantization: string;
  size: number;
  /** Context the model was trained for, tokens. */
  trainContext: number;
  /** Modelfile `PARAMETER num_ctx`. */
  numCtx?: number;
}

export interface FakeCall {
  name: string;
  arguments?: Record<string, unknown> | string;
  /** `undefined` = made; `null` = left out, as before 0.12.10. */
  id?: string | null;
}

/** How one /api/chat request is answered. */
export interface Turn {
  thinking?: string | readonly string[];
  text?: string | readonly string[];
  calls?: readonly FakeCall[];
  /** Where the calls stand: one chunk before the end, a chunk each, or the final chunk. Default `chunk`. */
  callsIn?: 'chunk' | 'each' | 'first' | 'done';
  doneReason?: 'stop' | 'length' | '';
  /** Milliseconds before the first byte, headers included. */
  startMs?: number;
  /** Milliseconds between writes. */
  writeMs?: number;
  /** Lines a write. Default 1. */
  linesPerWrite?: number;
  /** Bytes a write; splits characters and lines. */
  bytesPerWrite?: number;
  /** How it ends. Default `done`. */
  end?: 'done' | 'eof' | 'reset' | 'half-line' | 'silence' | { error: string };
  /** Refused before the stream, with this status and body (an object goes out as JSON). */
  refuse?: RawResponse;
  /** Sent instead of lines made from the above. */
  lines?: readonly string[];
  promptTokens?: number;
  outputTokens?: number;
}

export interface RawResponse {
  status: number;
  contentType?: string;
  headers?: Readonly<Record<string, string>>;
  body?: string | Record<string, unknown>;
}

export type TurnSource = Turn | ((body: ChatBody) => Turn);

export interface FakeOllamaOptions {
  models?: readonly FakeModel[];
  /** Switches features by the version that brought them. Default 0.34.1. */
  version?: string;
  /** Whose words a too long prompt is refused with. Default `llama-server`. */
  engine?: 'go' | 'llama-server';
  /** OLLAMA_CONTEXT_LENGTH. Default 4096. */
  contextLength?: number;
  /** OLLAMA_MAX_QUEUE. Default 512. */
  maxQueue?: number;
  /** Time to load a model, also after a change of num_ctx. Default 0. */
  loadMs?: number;
  port?: number;
  /** Served over TLS. */
  tls?: { key: string; cert: string };
  /** A header every request must carry, as behind a reverse proxy; else 401 with an HTML page. */
  requireHeader?: readonly [name: string, value: string];
  /** Answers in Ollama's place when it returns something. */
  intercept?: (request: RecordedRequest) => RawResponse | undefined;
  /** Answers a chat when nothing was scripted. Default: a rule-based brain for the demo prompt. */
  brain?: (body: ChatBody, view: PromptView) => Turn;
  /** Status lines of a pull. Default: two layers. */
  pull?: PullPlan;
}

export interface PullPlan {
  layers: readonly { digest: string; total: number }[];
  /** Progress lines a layer. */
  steps: number;
  stepMs: number;
}

export interface RecordedRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  /** Parsed JSON, or undefined. */
  body: unknown;
  /** Port of the client's socket: equal for requests of one connection. */
  clientPort: number;
  /** The client went away before the answer was complete. */
  disconnected: boolean;
  /** Resolves when the exchange is over, either way. */
  over: Promise<void>;
}

/** A chat request that passed the validation. */
export interface ChatBody {
  model: string;
  messages: readonly FakeMessage[];
  tools: readonly FakeTool[];
  stream: boolean;
  truncate: boolean;
  options: Readonly<Record<string, unknown>>;
  think?: unknown;
  format?: unknown;
  keep_alive?: unknown;
}

export interface FakeMessage {
  role: string;
  content: string;
  thinking?: string;
  images?: readonly string[];
  tool_calls?: readonly {
    id?: string;
    function: { name: string; arguments: Record<string, unknown> };
  }[];
  tool_name?: string;
  tool_call_id?: string;
}

export interface FakeTool {
  type: string;
  function: { name: string; description: string; parameters: Record<string, unknown> };
}

/** What the model gets to see of a request. */
export interface PromptView {
  /** The rendered prompt, after truncation. */
  prompt: string;
  /** False when the template hid them. */
  toolsVisible: boolean;
  /** Tokens of the prompt as sent, and after truncation. */
  tokens: number;
  evaluated: number;
  numCtx: number;
}

export interface FakeOllama {
  url: string;
  port: number;
  requests: RecordedRequest[];
  /** Bodies of the chat requests, in order. */
  readonly chats: ChatBody[];
  /** The last prompt as the model saw it. */
  readonly lastPrompt: string;
  /** How often a model was loaded. */
  readonly loads: number;
  /** Answers for the next chats, in order. */
  script: (...turns: TurnSource[]) => void;
  close: () => Promise<void>;
}
