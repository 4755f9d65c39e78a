import type { ChatInfo } from '../../core/chat.js';
import type { ChatParts } from './parts.js';

export interface InfoCache {
  get: () => ChatInfo;
  /** Something of it may be another one now. */
  changed: () => void;
}

/** The status line's view of everything, made anew only after a change. */
export function createInfo(parts: () => ChatParts): InfoCache {
  let known: ChatInfo | undefined;
  return {
    get() {
      const { dialogue } = parts();
      // The loop counts after every turn and tells nobody.
      if (known?.usedTokens !== dialogue.usedTokens()) known = undefined;
      return (known ??= toInfo(parts()));
    },
    changed() {
      known = undefined;
    },
  };
}

function toInfo({ sessions, model, desk, servers, tools, dialogue, work }: ChatParts): ChatInfo {
  const name = sessions.name();
  const think = model.think();
  return {
    sessionId: sessions.id(),
    ...(name === undefined ? {} : { sessionName: name }),
    model: model.name,
    ...(think === undefined ? {} : { think }),
    approval: desk.approvals.mode(),
    servers: servers.list(),
    tools: tools.offered().tools.length,
    usedTokens: dialogue.usedTokens(),
    contextTokens:
      model.fixedNumCtx() ?? dialogue.conversation.numCtx ?? model.known()?.defaultNumCtx ?? 0,
    evalRate: work.evalRate,
  };
}
