import type { JsonObject } from '../core/json.js';
import { isRecord } from '../core/json.js';
import type { ToolCall } from '../core/messages.js';
import { numberOr0, textOr, type ChatLine } from './ollama-wire.js';
import type { ModelChunk, ModelUsage } from './types.js';

/** Turns the lines of one answer into chunks. Tool calls wait for the end: those of a broken answer must not run. */
export interface ChunkReader {
  push: (line: ChatLine) => ModelChunk[];
}

export function createChunkReader(newId: (given: unknown) => string): ChunkReader {
  const calls: ToolCall[] = [];
  return {
    push(line) {
      const chunks: ModelChunk[] = [];
      const { message } = line;
      const thinking = textOr(message?.thinking, '');
      const text = textOr(message?.content, '');
      if (thinking !== '') chunks.push({ type: 'thinking', text: thinking });
      if (text !== '') chunks.push({ type: 'text', text });
      calls.push(...toToolCalls(message?.tool_calls, newId));
      if (line.done !== true) return chunks;
      for (const call of calls) chunks.push({ type: 'tool_call', call });
      const reason = line.done_reason === 'length' ? 'length' : 'stop';
      chunks.push({ type: 'done', reason, usage: toUsage(line) });
      return chunks;
    },
  };
}

function toToolCalls(value: unknown, newId: (given: unknown) => string): ToolCall[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isRecord).map((call) => {
    const fn = isRecord(call['function']) ? call['function'] : {};
    return {
      id: newId(call['id']),
      name: textOr(fn['name'], ''),
      arguments: toArguments(fn['arguments']),
    };
  });
}

/** An object; other servers that speak this API send it as JSON text. */
function toArguments(value: unknown): JsonObject {
  if (isRecord(value)) return value as JsonObject;
  if (typeof value !== 'string') return {};
  try {
    const parsed: unknown = JSON.parse(value);
    return isRecord(parsed) ? (parsed as JsonObject) : {};
  } catch {
    return {};
  }
}

function toUsage(line: ChatLine): ModelUsage {
  return {
    promptTokens: numberOr0(line.prompt_eval_count),
    outputTokens: numberOr0(line.eval_count),
    evalMs: numberOr0(line.eval_duration) / 1e6,
    loadMs: numberOr0(line.load_duration) / 1e6,
  };
}

const MAX_ID = 128;

/** Ids of tool calls, unique for the model's lifetime: the model's own where it can be used. */
export function createCallIds(): (given: unknown) => string {
  const used = new Set<string>();
  const prefix = Math.random().toString(36).slice(2, 10);
  return (given) => {
    const usable =
      typeof given === 'string' &&
      /^[\w.:-]+$/.test(given) &&
      given.length <= MAX_ID &&
      !used.has(given);
    const id = usable ? given : `call_${prefix}${used.size}`;
    used.add(id);
    return id;
  };
}
