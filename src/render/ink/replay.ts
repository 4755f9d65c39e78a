import type { ChatMessage } from '../../core/messages.js';
import type { Transcript } from './transcript/transcript.js';

/** Prints a conversation that took place before this screen. */
export function replayConversation(
  messages: readonly ChatMessage[],
  transcript: Pick<Transcript, 'user' | 'note'> & { markdown: (text: string) => void },
): void {
  for (const message of messages) {
    if (message.role === 'user') transcript.user(message.content);
    if (message.role !== 'assistant') continue;
    if (message.content.trim() !== '') transcript.markdown(message.content);
    for (const { name } of message.toolCalls ?? []) transcript.note('info', `called ${name}`);
  }
}
