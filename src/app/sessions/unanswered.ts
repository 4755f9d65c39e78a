import type { ChatMessage } from '../../core/messages.js';

/**
 * The messages with a result for every call. A run that was killed may have left calls without one,
 * and a model's host may refuse such a conversation.
 */
export function answerCalls(messages: readonly ChatMessage[]): ChatMessage[] {
  const answered: ChatMessage[] = [];
  let open = new Map<string, string>();
  const close = () => {
    for (const [toolCallId, toolName] of open) {
      answered.push({
        role: 'tool',
        content: 'Broken off: there is no result.',
        toolCallId,
        toolName,
      });
    }
    open = new Map();
  };
  for (const message of messages) {
    if (message.role === 'tool') open.delete(message.toolCallId);
    else close();
    answered.push(message);
    if (message.role !== 'assistant') continue;
    for (const { id, name } of message.toolCalls ?? []) open.set(id, name);
  }
  close();
  return answered;
}
