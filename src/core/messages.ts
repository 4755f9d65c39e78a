import type { JsonObject } from './json.js';

/** A tool call as the model wrote it; `name` is the model-facing alias (`server__tool`). */
export interface ToolCall {
  /** Unique within the session; made by us when the model gave none. */
  id: string;
  name: string;
  arguments: JsonObject;
}

/** An image for a vision model: the decoded bytes and the MIME type. */
export interface ImageData {
  data: Uint8Array;
  mimeType: string;
}

/** The conversation as the model sees it, one message a turn. */
export type ChatMessage =
  | { role: 'system'; content: string }
  | { role: 'user'; content: string; images?: readonly ImageData[] }
  | { role: 'assistant'; content: string; thinking?: string; toolCalls?: readonly ToolCall[] }
  | {
      role: 'tool';
      content: string;
      toolCallId: string;
      toolName: string;
      images?: readonly ImageData[];
    };
