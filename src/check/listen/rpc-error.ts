import { isRecord } from '../../core/json.js';
import { shown } from '../../mcp/shown.js';

/** A JSON-RPC error in words that may be shown: `no such method (error -32601)`. */
export function errorWords(error: unknown): string {
  if (!isRecord(error)) return 'without a reason';
  const { code, message } = error;
  const words = typeof message === 'string' && message !== '' ? shown(message) : 'without a reason';
  return typeof code === 'number' ? `${words} (error ${code})` : words;
}
