import type { JsonSchema } from '../core/json.js';
import type { ChatMessage, ToolCall } from '../core/messages.js';

/** A tool as it is offered; `parameters` is the server's own schema, the adapter makes it fit the wire. */
export interface ModelTool {
  name: string;
  description: string;
  parameters: JsonSchema;
}

export interface ChatRequest {
  messages: readonly ChatMessage[];
  tools: readonly ModelTool[];
  /** Context window to ask for, tokens; `undefined` = leave it to the model's host. */
  numCtx?: number;
}

export interface ModelUsage {
  /** Tokens of the prompt as the model counted them, cached ones included. */
  promptTokens: number;
  outputTokens: number;
  /** Time spent on generating, milliseconds. */
  evalMs: number;
  loadMs: number;
}

/** One piece of an answer. `done` is always last. */
export type ModelChunk =
  | { type: 'text'; text: string }
  | { type: 'thinking'; text: string }
  | { type: 'tool_call'; call: ToolCall }
  | { type: 'done'; reason: 'stop' | 'length'; usage: ModelUsage };

export interface ModelInfo {
  name: string;
  tools: boolean;
  vision: boolean;
  thinking: boolean;
  /** The context length the model was trained for, tokens; 0 when unknown. */
  contextLength: number;
  /** The model's own `num_ctx` parameter, tokens, when it has one. */
  defaultNumCtx?: number;
  /** Its chat template shows the tools only while the last message is the user's (llama3.1). */
  hidesToolsAfterResult: boolean;
}

/**
 * A chat model. Failures are `OstlerError`s: `model_unreachable`, `model_missing`, `model_no_tools`,
 * `model_no_thinking`, `model_signin`, `model_busy`, `model_context`, `model_broke_off`, `model_failed`.
 */
export interface Model {
  readonly name: string;
  /** Asked once; answers from memory afterwards. */
  describe: (signal: AbortSignal) => Promise<ModelInfo>;
  /** One turn. The request is closed when the consumer stops or the signal fires, also before the first token. */
  chat: (request: ChatRequest, signal: AbortSignal) => AsyncIterable<ModelChunk>;
}
