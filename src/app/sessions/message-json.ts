import { isRecord, type JsonObject } from '../../core/json.js';
import type { ChatMessage, ImageData, ToolCall } from '../../core/messages.js';
import { redact, redactValue } from '../../core/redact.js';

/** A message as session files and exports have it (docs/sessions.md). */
export interface MessageJson {
  role: ChatMessage['role'];
  content: string;
  thinking?: string;
  tool_calls?: readonly { id: string; name: string; arguments: JsonObject }[];
  tool_call_id?: string;
  tool_name?: string;
  /** `data` in standard base64 (RFC 4648, 4). */
  images?: readonly { mime_type: string; data: string }[];
  /** Images that were too large to be kept. */
  images_left_out?: number;
}

/** As large as a picture of `--image` may be. */
const MAX_IMAGE_BYTES = 20 * 1024 * 1024;
const MAX_MESSAGE_IMAGE_BYTES = 60 * 1024 * 1024;

/** The message with every secret taken out of every text. */
export function toMessageJson(message: ChatMessage): MessageJson {
  const { role } = message;
  return {
    role,
    content: redact(message.content),
    ...(role === 'assistant' && message.thinking !== undefined
      ? { thinking: redact(message.thinking) }
      : {}),
    ...(role === 'assistant' && message.toolCalls !== undefined
      ? {
          tool_calls: message.toolCalls.map((call) => ({
            id: redact(call.id),
            name: redact(call.name),
            arguments: redactValue(call.arguments),
          })),
        }
      : {}),
    ...(role === 'tool'
      ? { tool_call_id: redact(message.toolCallId), tool_name: redact(message.toolName) }
      : {}),
    ...('images' in message ? imagesJson(message.images ?? []) : {}),
  };
}

function imagesJson(images: readonly ImageData[]): Pick<MessageJson, 'images' | 'images_left_out'> {
  let total = 0;
  const kept = images.filter(({ data }) => {
    if (data.byteLength > MAX_IMAGE_BYTES) return false;
    if (total + data.byteLength > MAX_MESSAGE_IMAGE_BYTES) return false;
    total += data.byteLength;
    return true;
  });
  const leftOut = images.length - kept.length;
  return {
    ...(kept.length === 0
      ? {}
      : {
          images: kept.map(({ data, mimeType }) => ({
            mime_type: redact(mimeType),
            data: redact(Buffer.from(data).toString('base64')),
          })),
        }),
    ...(leftOut === 0 ? {} : { images_left_out: leftOut }),
  };
}

/** The message of a parsed line, or undefined when it is none. Only known fields are taken over. */
export function fromMessageJson(value: unknown): ChatMessage | undefined {
  if (!isRecord(value) || typeof value['content'] !== 'string') return undefined;
  const content = value['content'];
  switch (value['role']) {
    case 'system':
      return { role: 'system', content };
    case 'user':
      return { role: 'user', ...withImages(content, value) };
    case 'assistant':
      return readAssistant(content, value);
    case 'tool': {
      const { tool_call_id: toolCallId, tool_name: toolName } = value;
      if (typeof toolCallId !== 'string' || typeof toolName !== 'string') return undefined;
      return { role: 'tool', toolCallId, toolName, ...withImages(content, value) };
    }
    default:
      return undefined;
  }
}

function readAssistant(content: string, value: Record<string, unknown>): ChatMessage | undefined {
  const { thinking, tool_calls: written } = value;
  if (thinking !== undefined && typeof thinking !== 'string') return undefined;
  if (written !== undefined && !Array.isArray(written)) return undefined;
  const calls = written?.map(readCall);
  if (calls?.some((call) => call === undefined) === true) return undefined;
  return {
    role: 'assistant',
    content,
    ...(thinking === undefined ? {} : { thinking }),
    ...(calls === undefined ? {} : { toolCalls: calls as ToolCall[] }),
  };
}

function readCall(value: unknown): ToolCall | undefined {
  if (!isRecord(value) || !isRecord(value['arguments'])) return undefined;
  const { id, name, arguments: args } = value;
  if (typeof id !== 'string' || typeof name !== 'string') return undefined;
  return { id, name, arguments: args as JsonObject };
}

/** The images, and a word to the model about those that are gone. */
function withImages(
  content: string,
  value: Record<string, unknown>,
): { content: string; images?: readonly ImageData[] } {
  const images = (Array.isArray(value['images']) ? value['images'] : []).flatMap(readImage);
  const leftOut = Number(value['images_left_out'] ?? 0);
  const note = leftOut > 0 ? `\n[${leftOut} too large for the session file: left out]` : '';
  return { content: `${content}${note}`, ...(images.length === 0 ? {} : { images }) };
}

function readImage(value: unknown): ImageData[] {
  if (!isRecord(value)) return [];
  const { mime_type: mimeType, data } = value;
  if (typeof mimeType !== 'string' || typeof data !== 'string') return [];
  return [{ mimeType, data: new Uint8Array(Buffer.from(data, 'base64')) }];
}
