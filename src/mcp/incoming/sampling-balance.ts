import type { SamplingContent, SamplingMessage } from '../../core/asks.js';
import { INVALID_PARAMS, Refusal } from './refusal.js';

type ToolUse = Extract<SamplingContent, { type: 'tool_use' }>;
type ToolResult = Extract<SamplingContent, { type: 'tool_result' }>;

/**
 * Every tool use is answered by the next message, and that message holds nothing but the answers
 * (2025-11-25/client/sampling#message-content-constraints). Throws `Refusal` otherwise.
 */
export function assertBalanced(messages: readonly SamplingMessage[]): void {
  let open = new Set<string>();
  for (const { role, content } of messages) {
    const uses = content.filter((piece): piece is ToolUse => piece.type === 'tool_use');
    const results = content.filter((piece): piece is ToolResult => piece.type === 'tool_result');
    if (results.length > 0 && (role !== 'user' || results.length < content.length)) {
      throw unbalanced('tool results stand in user messages of their own');
    }
    const answered = new Set(results.map(({ toolUseId }) => toolUseId));
    const same = answered.size === open.size && [...answered].every((id) => open.has(id));
    if (!same || answered.size < results.length) {
      throw unbalanced('tool uses and the tool results after them must match');
    }
    if (uses.length > 0 && role !== 'assistant') throw unbalanced('only the assistant uses tools');
    open = new Set(uses.map(({ id }) => id));
    if (open.size < uses.length) throw unbalanced('two tool uses have the same id');
  }
  if (open.size > 0) throw unbalanced('a tool use has no result');
}

function unbalanced(why: string): Refusal {
  return new Refusal(INVALID_PARAMS, `Invalid sampling request: ${why}`);
}
