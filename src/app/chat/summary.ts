import type { ChatMessage } from '../../core/messages.js';

const HEAD = '[Summary of the conversation so far]';

/** The message that stands for everything that was summarised. */
export function toSummary(summary: string): ChatMessage {
  return { role: 'user', content: `${HEAD}\n${summary}\n[End of the summary]` };
}

/** True for such a message: it is no prompt of the person's. */
export function isSummary({ content }: ChatMessage): boolean {
  return content.startsWith(HEAD);
}
