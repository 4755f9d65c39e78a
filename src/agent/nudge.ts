import type { ChatMessage } from '../core/messages.js';
import type { ModelTool } from '../model/types.js';

const HEAD = 'Your last reply was empty.';
const NAMED_TOOLS = 10;

/** What a model reads whose answer was empty although it wrote something. */
export function nudge(tools: readonly ModelTool[]): ChatMessage {
  const names = tools
    .slice(0, NAMED_TOOLS)
    .map((tool) => tool.name)
    .join(', ');
  return {
    role: 'user',
    content: `${HEAD} Answer now, or call one of these tools by its exact name: ${names}.`,
  };
}

/** True for such a message: it is no prompt of the person's. */
export function isNudge({ content }: ChatMessage): boolean {
  return content.startsWith(HEAD);
}
