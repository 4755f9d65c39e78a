import {
  ANSWER_RESERVE,
  BUCKETS,
  estimateMessage,
  estimateTokens,
} from '../../model/context-budget.js';
import { OstlerError } from '../../core/errors.js';
import type { ChatMessage } from '../../core/messages.js';
import { redact } from '../../core/redact.js';
import { cutMiddle } from '../../mcp/model-result.js';
import type { Model, ModelInfo } from '../../model/types.js';
import { toSummary } from './summary.js';

const SYSTEM = `You write summaries of conversations between a user, an assistant and tools. The summary takes the place of the conversation: the assistant will read it and nothing else, and must be able to go on as if it remembered everything.

Keep, in this order and in short plain sentences:
1. What the user wants, in the user's own terms, and what they decided or refused.
2. What was done, with the facts found: names, numbers, identifiers, paths, addresses and commands exactly as they were.
3. What failed, and why.
4. What is open, and what comes next.

Leave out greetings, apologies and how the conversation went. Invent nothing. Write in the language of the user. Answer with the summary alone.`;

/** Tokens of the last exchange up to which it is kept as it was. */
const KEEP_TOKENS = 1000;
/** Characters of one tool result, and of any other message, that the summary is made from. */
const RESULT_CHARS = 2000;
const MESSAGE_CHARS = 12_000;

export interface CompactInput {
  model: Model;
  info: ModelInfo;
  /** Without the system prompt. */
  history: readonly ChatMessage[];
  /** Messages at the end that belong to the last prompt. */
  lastExchange: number;
  instructions?: string | undefined;
  fixedNumCtx?: number | undefined;
  numCtx?: number | undefined;
  tokenRatio: number;
  signal: AbortSignal;
}

/** A summary in the model's own words, and the history that it leaves. */
export interface Compacted {
  summary: string;
  history: readonly ChatMessage[];
}

/** Lets the model write a summary, without tools. Throws `usage` when there is nothing to summarise. */
export async function compact(input: CompactInput): Promise<Compacted> {
  const { history, lastExchange } = input;
  const end = history.slice(history.length - lastExchange);
  const isSmall = sum(end) <= KEEP_TOKENS && end.length < history.length;
  const kept = isSmall ? end : [];
  const old = history.slice(0, history.length - kept.length);
  if (old.length === 0) throw new OstlerError('usage', 'There is nothing to summarise yet.');
  const summary = redact((await ask(input, old)).trim());
  if (summary === '') {
    throw new OstlerError('model_failed', `${input.model.name} wrote no summary.`, {
      hint: 'Try again, or another model with /model.',
    });
  }
  return { summary, history: [toSummary(summary), ...kept] };
}

async function ask(input: CompactInput, old: readonly ChatMessage[]): Promise<string> {
  const { model, signal, instructions = '' } = input;
  const window = windowOf(input);
  const wish =
    instructions.trim() === '' ? '' : `\n\nThe user asks of the summary: ${instructions}`;
  const room = (window - ANSWER_RESERVE) / input.tokenRatio - estimateTokens(SYSTEM + wish) - 100;
  const messages: ChatMessage[] = [
    { role: 'system', content: SYSTEM },
    { role: 'user', content: `${transcript(old, room)}\n\nWrite the summary now.${wish}` },
  ];
  let text = '';
  for await (const chunk of model.chat({ messages, tools: [], numCtx: window }, signal)) {
    if (chunk.type === 'text') text += chunk.text;
  }
  return text;
}

/** The window that is loaded already, where there is one: another size would load the model anew. */
function windowOf({ fixedNumCtx, numCtx, info }: CompactInput): number {
  const window = fixedNumCtx ?? numCtx ?? info.defaultNumCtx ?? BUCKETS[0];
  return info.contextLength > 0 ? Math.min(window, info.contextLength) : window;
}

/** The messages as a text of at most that many tokens: the first one and as many of the last as fit. */
function transcript(messages: readonly ChatMessage[], room: number): string {
  const [head = '', ...rest] = messages.map(toLine);
  const kept: string[] = [];
  let left = room - estimateTokens(head);
  for (const line of rest.toReversed()) {
    left -= estimateTokens(line) + 2;
    if (left < 0) break;
    kept.unshift(line);
  }
  const missing = rest.length - kept.length;
  const gap = missing === 0 ? [] : [`[… ${missing} messages left out …]`];
  const first = cutMiddle(head, Math.max(400, Math.floor(room * 2)));
  return ['<conversation>', first, ...gap, ...kept, '</conversation>'].join('\n\n');
}

function toLine(message: ChatMessage): string {
  const limit = message.role === 'tool' ? RESULT_CHARS : MESSAGE_CHARS;
  const text = cutMiddle(message.content, limit);
  if (message.role === 'tool') return `Result of ${message.toolName}: ${text}`;
  if (message.role !== 'assistant') return `User: ${text}`;
  const calls = (message.toolCalls ?? []).map(
    ({ name, arguments: args }) =>
      `Assistant calls ${name} with ${cutMiddle(JSON.stringify(args), RESULT_CHARS)}`,
  );
  return [...(text === '' ? [] : [`Assistant: ${text}`]), ...calls].join('\n');
}

function sum(messages: readonly ChatMessage[]): number {
  return messages.reduce((tokens, message) => tokens + estimateMessage(message), 0);
}
