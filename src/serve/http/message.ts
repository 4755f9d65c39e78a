import { type JSONRPCMessage, JSONRPCMessageSchema } from '@modelcontextprotocol/sdk/types.js';
import { Refusal } from './refusal.js';

/** One JSON-RPC message. Batches were taken out of MCP with 2025-06-18 and are refused. */
export function toMessage(json: unknown): JSONRPCMessage {
  if (Array.isArray(json)) {
    throw new Refusal(400, 'Invalid Request: batches are not supported.', { code: -32600 });
  }
  const parsed = JSONRPCMessageSchema.safeParse(json);
  if (!parsed.success) {
    throw new Refusal(400, 'Invalid Request: not a JSON-RPC 2.0 message.', { code: -32600 });
  }
  return parsed.data;
}
