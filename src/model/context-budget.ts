import { OstlerError } from '../core/errors.js';
import type { ChatMessage } from '../core/messages.js';
import type { ModelInfo, ModelTool } from './types.js';

/** Context windows we ask for. Few steps, because a change of `num_ctx` makes Ollama load the model anew. */
export const BUCKETS = [8192, 16_384, 32_768, 65_536, 131_072, 262_144] as const;

/** Room kept for the answer, tokens. */
export const ANSWER_RESERVE = 2048;

/** Tokens of one image, by the larger vision models' count. */
const IMAGE_TOKENS = 1600;
/** The chat template's own tokens around a message. */
const MESSAGE_TOKENS = 8;
/** The chat template's own text (llama3.1: a head, the date, how to call tools), at most. */
const TEMPLATE_TOKENS = 256;
/** How much too high an estimate can be (Cyrillic, for one); nearer to the limit the model's host decides. */
const MAX_OVERESTIMATE = 2;

/** Tokens of a text, on the high side: 3.5 ASCII characters make one, every other character one. */
export function estimateTokens(text: string): number {
  // Long texts are mostly ASCII, and this is much sooner told than counted.
  if (Buffer.byteLength(text) === text.length) return Math.ceil(text.length / 3.5);
  let other = 0;
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 127) other += 1;
  return Math.ceil((text.length - other) / 3.5) + other;
}

export interface PromptEstimate {
  system: number;
  tools: number;
  history: number;
  results: number;
  total: number;
}

/** Lists of tools are remembered as a whole; there can be hundreds of them. */
const toolEstimates = new WeakMap<readonly ModelTool[], number>();

function estimateTools(tools: readonly ModelTool[]): number {
  if (tools.length === 0) return 0;
  const known = toolEstimates.get(tools) ?? estimateTokens(JSON.stringify(tools));
  toolEstimates.set(tools, known);
  return known;
}

/** A message is never changed once it is in the conversation, and every turn sends them all. */
const messageEstimates = new WeakMap<ChatMessage, number>();

/** What a message will cost, in tokens. */
export function estimateMessage(message: ChatMessage): number {
  const known = messageEstimates.get(message);
  if (known !== undefined) return known;
  let tokens = estimateTokens(message.content) + MESSAGE_TOKENS;
  if (message.role === 'assistant' && message.toolCalls !== undefined) {
    tokens += estimateTokens(JSON.stringify(message.toolCalls));
  }
  if ('images' in message) tokens += (message.images?.length ?? 0) * IMAGE_TOKENS;
  messageEstimates.set(message, tokens);
  return tokens;
}

/** What a prompt will cost, by part, in tokens. */
export function estimatePrompt(
  messages: readonly ChatMessage[],
  tools: readonly ModelTool[],
): PromptEstimate {
  const parts = { system: 0, tools: 0, history: 0, results: 0 };
  parts.tools = estimateTools(tools);
  for (const message of messages) {
    const tokens = estimateMessage(message);
    if (message.role === 'system') parts.system += tokens;
    else if (message.role === 'tool') parts.results += tokens;
    else parts.history += tokens;
  }
  return { ...parts, total: parts.system + parts.tools + parts.history + parts.results };
}

export interface ContextChoice {
  estimate: PromptEstimate;
  /** The user's own setting; never changed. */
  fixed?: number | undefined;
  /** What was asked for so far. */
  current?: number | undefined;
  info: ModelInfo;
  tokenRatio: number;
}

/**
 * The `num_ctx` to ask for, or undefined to leave the model's own default. Throws `model_context`
 * when the prompt cannot fit the model at all: it is never cut unseen. One that may just fit is
 * sent, because the host counts exactly and refuses instead of cutting.
 */
export function chooseContext(choice: ContextChoice): number | undefined {
  const { estimate, fixed, current, info } = choice;
  if (fixed !== undefined) return fixed;
  const needed = Math.ceil(estimate.total * choice.tokenRatio);
  const limit = info.contextLength;
  if (limit > 0 && needed / MAX_OVERESTIMATE >= limit) throw tooLong(estimate, needed, info);
  const wanted = needed + ANSWER_RESERVE;
  if (current !== undefined && current >= wanted) return current;
  if (current === undefined && (info.defaultNumCtx ?? 0) >= wanted) return undefined;
  const bucket = BUCKETS.find((size) => size >= wanted) ?? wanted;
  return limit > 0 ? Math.min(bucket, limit) : bucket;
}

/**
 * Tokens that the model counts for one of our estimate, at the most so far. The template's own
 * text is left out: on a short first prompt it would pass for a ratio of five.
 */
export function learnRatio(known: number, estimate: number, counted: number): number {
  return Math.max(known, (counted - TEMPLATE_TOKENS) / Math.max(1, estimate));
}

/** The next larger window after the model refused this one, or undefined when there is none. */
export function growContext(current: number | undefined, info: ModelInfo): number | undefined {
  const from = current ?? info.defaultNumCtx ?? 0;
  const limit = info.contextLength > 0 ? info.contextLength : (BUCKETS.at(-1) ?? 0);
  const next = Math.min(BUCKETS.find((size) => size > from) ?? limit, limit);
  return next > from ? next : undefined;
}

function tooLong(estimate: PromptEstimate, needed: number, info: ModelInfo): OstlerError {
  return new OstlerError(
    'model_context',
    `The prompt needs about ${needed} tokens, and ${info.name} holds ${info.contextLength} ` +
      `(system ${estimate.system}, tools ${estimate.tools}, history ${estimate.history}, tool results ${estimate.results}).`,
    {
      hint: 'Offer fewer tools (--server, includeTools), shorten the prompt, or use a model with a longer context.',
    },
  );
}
