import type { ModelSettings, ThinkLevel } from '../config/types.js';
import type { ChatMessage, ImageData } from '../core/messages.js';
import type { WireMessage } from './ollama-wire.js';
import { toOllamaTool, type OllamaTool } from './tool-schema.js';
import type { ChatRequest } from './types.js';

/** The body of POST /api/chat. `truncate: false`: a prompt that is too long is refused, never cut unseen. */
export interface ChatBody {
  model: string;
  messages: WireMessage[];
  tools?: OllamaTool[];
  stream: true;
  truncate: false;
  think?: boolean | string;
  keep_alive?: string | number;
  format?: unknown;
  options: Record<string, unknown>;
}

export function toChatBody(settings: ModelSettings, request: ChatRequest): ChatBody {
  const numCtx = settings.numCtx ?? settings.options['num_ctx'] ?? request.numCtx;
  return {
    model: settings.name,
    messages: request.messages.map(toWireMessage),
    ...(request.tools.length === 0 ? {} : { tools: request.tools.map(toOllamaTool) }),
    stream: true,
    truncate: false,
    ...(settings.think === undefined ? {} : { think: toThink(settings.think) }),
    ...(settings.keepAlive === undefined ? {} : { keep_alive: settings.keepAlive }),
    ...(settings.format === undefined ? {} : { format: settings.format }),
    options: { ...settings.options, ...(numCtx === undefined ? {} : { num_ctx: numCtx }) },
  };
}

function toThink(level: ThinkLevel): boolean | string {
  if (level === 'off') return false;
  return level === 'on' ? true : level;
}

function toWireMessage(message: ChatMessage): WireMessage {
  switch (message.role) {
    case 'system':
      return { role: 'system', content: message.content };
    case 'user':
      return { role: 'user', content: message.content, ...toImages(message.images) };
    case 'assistant':
      return {
        role: 'assistant',
        content: message.content,
        ...(message.thinking === undefined ? {} : { thinking: message.thinking }),
        ...(message.toolCalls === undefined || message.toolCalls.length === 0
          ? {}
          : {
              tool_calls: message.toolCalls.map((call) => ({
                id: call.id,
                function: { name: call.name, arguments: call.arguments },
              })),
            }),
      };
    case 'tool':
      // Go templates read the name, llama-server the id.
      return {
        role: 'tool',
        content: message.content,
        tool_name: message.toolName,
        tool_call_id: message.toolCallId,
        ...toImages(message.images),
      };
  }
}

/** Encoded here: the client library would take a string for what it is, and bytes one by one. */
function toImages(images: readonly ImageData[] | undefined): { images?: string[] } {
  if (images === undefined || images.length === 0) return {};
  return {
    images: images.map(({ data }) =>
      Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
    ),
  };
}
