/** Ollama's JSON as it stands on the wire (https://docs.ollama.com/api). Every field may be missing. */
import { isRecord } from '../core/json.js';

/** A line of the answer to POST /api/chat. */
export interface ChatLine {
  message?: {
    content?: unknown;
    thinking?: unknown;
    tool_calls?: unknown;
  };
  done?: boolean;
  done_reason?: string;
  error?: unknown;
  /** Nanoseconds. */
  load_duration?: number;
  eval_duration?: number;
  prompt_eval_count?: number;
  eval_count?: number;
}

/** A message of a chat request; `content` is always a string, `arguments` always an object. */
export interface WireMessage {
  role: string;
  content: string;
  thinking?: string;
  /** Standard base64. */
  images?: string[];
  tool_calls?: { id: string; function: { name: string; arguments: Record<string, unknown> } }[];
  tool_name?: string;
  tool_call_id?: string;
}

/** What `error` holds: a text, or (from other servers) an object with a message. */
export function errorTextOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (isRecord(value)) return errorTextOf(value['message']) ?? JSON.stringify(value);
  return undefined;
}

export const numberOr0 = (value: unknown): number =>
  typeof value === 'number' && Number.isFinite(value) ? value : 0;

export const textOr = (value: unknown, otherwise: string): string =>
  typeof value === 'string' ? value : otherwise;
