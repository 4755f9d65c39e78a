import type {
  SamplingContent,
  SamplingMessage,
  SamplingRequest,
  SamplingTool,
} from '../../core/asks.js';
import { isRecord, type JsonObject } from '../../core/json.js';
import { describePiece } from '../model-result.js';
import { toContent, toToolResult } from '../result.js';
import { INVALID_PARAMS, Refusal } from './refusal.js';
import { assertBalanced } from './sampling-balance.js';

const MAX_MESSAGES = 1000;
const MAX_PIECES = 1000;
const MAX_TOOLS = 128;
const MAX_HINTS = 20;
/** Characters of one tool, as JSON. */
const MAX_TOOL_CHARS = 256 * 1024;
/** Characters of all texts together. */
const MAX_TEXT_CHARS = 1024 * 1024;

/** `sampling/createMessage` as a request of ours; `includeContext` is ignored. Throws `Refusal`. */
export function parseSampling(
  params: Record<string, unknown>,
  asked: { id: string; server: string },
): SamplingRequest {
  const { maxTokens, systemPrompt, temperature, stopSequences } = params;
  if (typeof maxTokens !== 'number' || !(maxTokens >= 1)) throw invalid('maxTokens is missing');
  const messages = toMessages(params['messages']);
  const prompt = typeof systemPrompt === 'string' ? systemPrompt.length : 0;
  if (textSize(messages) + prompt > MAX_TEXT_CHARS) {
    throw invalid('its texts are longer than 1 MiB');
  }
  assertBalanced(messages);
  return {
    ...asked,
    messages,
    ...(typeof systemPrompt === 'string' ? { systemPrompt } : {}),
    maxTokens: Math.floor(maxTokens),
    ...(typeof temperature === 'number' ? { temperature } : {}),
    ...(Array.isArray(stopSequences)
      ? { stopSequences: stopSequences.filter((one) => typeof one === 'string') }
      : {}),
    modelHints: toHints(params['modelPreferences']),
    tools: toTools(params['tools']),
    toolChoice: toChoice(params['toolChoice']),
  };
}

function toMessages(raw: unknown): SamplingMessage[] {
  if (!Array.isArray(raw) || raw.length === 0 || raw.length > MAX_MESSAGES) {
    throw invalid(`messages must be a list of 1 to ${MAX_MESSAGES}`);
  }
  return raw.map((message: unknown) => {
    if (!isRecord(message)) throw invalid('a message is no object');
    const { role, content } = message;
    if (role !== 'user' && role !== 'assistant') throw invalid('a message is of no known role');
    const pieces: unknown[] = Array.isArray(content) ? content : [content];
    if (pieces.length === 0 || pieces.length > MAX_PIECES)
      throw invalid('a message has no content');
    return { role, content: pieces.map(toPiece) };
  });
}

function toPiece(raw: unknown): SamplingContent {
  if (!isRecord(raw)) throw invalid('a piece of content is no object');
  const { type, text, id, name, input, toolUseId } = raw;
  switch (type) {
    case 'text':
      if (typeof text !== 'string') break;
      return { type, text };
    case 'image': {
      const image = toContent(raw);
      if (image.type !== 'image') break;
      return { type, image: { data: image.data, mimeType: image.mimeType } };
    }
    case 'tool_use':
      if (typeof id !== 'string' || typeof name !== 'string' || !isRecord(input)) break;
      return { type, id, name, input: input as JsonObject };
    case 'tool_result':
      if (typeof toolUseId !== 'string') break;
      return { type, toolUseId, ...toResultText(raw) };
    default:
      throw invalid(`content of type ${JSON.stringify(type)?.slice(0, 40)} cannot be used`);
  }
  throw invalid(`content of type ${type} is malformed`);
}

function toResultText(raw: Record<string, unknown>): { text: string; isError: boolean } {
  const { content, isError, structured } = toToolResult(raw);
  const text = content.map(describePiece).join('\n');
  return {
    text: text === '' && structured !== undefined ? JSON.stringify(structured) : text,
    isError,
  };
}

function toTools(raw: unknown): SamplingTool[] {
  if (raw === undefined) return [];
  if (!Array.isArray(raw) || raw.length > MAX_TOOLS) throw invalid(`more than ${MAX_TOOLS} tools`);
  return raw.map((tool: unknown) => {
    if (!isRecord(tool) || typeof tool['name'] !== 'string' || !isRecord(tool['inputSchema'])) {
      throw invalid('a tool is malformed');
    }
    if (JSON.stringify(tool).length > MAX_TOOL_CHARS) throw invalid('a tool is too large');
    const { name, description, inputSchema } = tool;
    return { name, ...(typeof description === 'string' ? { description } : {}), inputSchema };
  });
}

function toChoice(raw: unknown): SamplingRequest['toolChoice'] {
  const mode = isRecord(raw) ? (raw['mode'] ?? 'auto') : 'auto';
  if (mode === 'auto' || mode === 'required' || mode === 'none') return mode;
  throw invalid('toolChoice is of no known mode');
}

function toHints(raw: unknown): string[] {
  const hints = isRecord(raw) ? raw['hints'] : undefined;
  if (!Array.isArray(hints)) return [];
  const names = hints.map((hint: unknown) => (isRecord(hint) ? hint['name'] : undefined));
  return names.filter((name) => typeof name === 'string').slice(0, MAX_HINTS);
}

function textSize(messages: readonly SamplingMessage[]): number {
  let size = 0;
  for (const piece of messages.flatMap(({ content }) => content)) {
    if ('text' in piece) size += piece.text.length;
    if (piece.type === 'tool_use') size += JSON.stringify(piece.input).length;
  }
  return size;
}

function invalid(why: string): Refusal {
  return new Refusal(INVALID_PARAMS, `Invalid sampling request: ${why}`);
}
