import type { JSONRPCMessage } from '@modelcontextprotocol/client';
import { isRecord } from '../core/json.js';

/**
 * The JSON-RPC messages in a text: one, or several in a batch of the 2025-03-26 revision.
 * Anything else gives none; what is inside a message is looked at by the SDK.
 */
export function parseMessages(text: string): JSONRPCMessage[] {
  try {
    const value: unknown = JSON.parse(text);
    return (Array.isArray(value) ? value : [value]).filter(isMessage);
  } catch {
    return [];
  }
}

function isMessage(value: unknown): value is JSONRPCMessage {
  return isRecord(value) && value['jsonrpc'] === '2.0';
}
