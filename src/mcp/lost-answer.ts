import type { JSONRPCMessage } from '@modelcontextprotocol/client';
import { isRecord } from '../core/json.js';

/** Marks the error given to a request whose answer broke off; no server can send a symbol. */
const LOST = Symbol('lost');

/** Stands in for the answer that will not come. */
export function lostAnswer(id: string | number, why: string | undefined): JSONRPCMessage {
  const message = why ?? 'the answer broke off';
  return { jsonrpc: '2.0', id, error: { code: -32_000, message, data: { [LOST]: true } } };
}

/** True for the error that `lostAnswer` becomes. */
export function isLost(error: unknown): boolean {
  return error instanceof Error && 'data' in error && isRecord(error.data) && LOST in error.data;
}
