import type { Conversation } from '../agent/types.js';
import type { ChatMessage } from '../core/messages.js';
import { redact } from '../core/redact.js';
import type { LoadedSession } from './sessions/types.js';

export interface ConversationStart {
  /** Of this run; it takes the place of an earlier one. */
  system?: string;
  /** Name of the model of this run. */
  model: string;
  /** Gone on with, and everything said is appended to its file. */
  resume?: LoadedSession;
}

/** The conversation of one run: a new one, or an earlier one that goes on. */
export function startConversation({ system, model, resume }: ConversationStart): Conversation {
  const earlier = resume?.messages ?? [];
  const [first, ...rest] = earlier;
  const history = first?.role === 'system' ? rest : earlier;
  const messages: ChatMessage[] =
    system === undefined ? [...earlier] : [{ role: 'system', content: system }, ...history];
  if (resume === undefined) return { messages, tokenRatio: 1 };
  const { file } = resume;
  file.model(model);
  const isSame = first?.role === 'system' && first.content === redact(system ?? '');
  if (system !== undefined && !isSame) file.replace(messages);
  return { messages, tokenRatio: 1, onMessage: file.append };
}
