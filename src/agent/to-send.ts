import type { ChatMessage } from '../core/messages.js';
import type { ModelInfo, ModelTool } from '../model/types.js';

/** llama3.1's template shows the tools only while the last message is the user's (ollama#6477). */
const CONTINUE: ChatMessage = {
  role: 'user',
  content:
    'Use the tool results above to go on. Call another tool if one is still needed, otherwise answer.',
};

/**
 * The messages as they are sent: without images for a model that cannot see (the conversation may
 * have begun with another one), with a short user message at the end where the template needs one.
 */
export function toSend(
  messages: readonly ChatMessage[],
  info: ModelInfo,
  tools: readonly ModelTool[],
): readonly ChatMessage[] {
  const seen = info.vision || !messages.some(hasImages) ? messages : messages.map(withoutImages);
  const afterResult = messages.at(-1)?.role === 'tool';
  return afterResult && info.hidesToolsAfterResult && tools.length > 0 ? [...seen, CONTINUE] : seen;
}

function hasImages(message: ChatMessage): boolean {
  return 'images' in message && message.images !== undefined;
}

function withoutImages(message: ChatMessage): ChatMessage {
  if (!('images' in message)) return message;
  const { images: _, ...rest } = message;
  return rest;
}
