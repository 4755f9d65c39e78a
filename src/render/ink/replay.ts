import { stamp } from '../../core/events.js';
import type { ChatMessage } from '../../core/messages.js';
import { redact } from '../../core/redact.js';
import type { Transcript } from './transcript/transcript.js';

/** Prints a conversation that took place before this screen. */
export function replayConversation(
  messages: readonly ChatMessage[],
  transcript: Pick<Transcript, 'user' | 'push' | 'note'>,
): void {
  for (const [index, message] of messages.entries()) {
    if (message.role === 'user') transcript.user(message.content);
    if (message.role !== 'assistant') continue;
    const { content, toolCalls = [] } = message;
    if (content.trim() !== '') {
      const id = `replay_${index}`;
      transcript.push(
        stamp({ type: 'message', id, role: 'assistant', content: redact(content), delta: false }),
      );
    }
    for (const { name } of toolCalls) transcript.note('info', `called ${name}`);
  }
}
