import { nextId, run } from '../agent/run.js';
import type { AgentDeps, RunOutcome } from '../agent/types.js';
import type { ModelSettings } from '../config/types.js';
import { OstlerError } from '../core/errors.js';
import type { AgentEventBody, ServerStatus } from '../core/events.js';
import type { ChatMessage, ImageData } from '../core/messages.js';
import { redact } from '../core/redact.js';
import type { Session } from '../core/session.js';
import { createAbort } from '../core/wait.js';
import type { ModelInfo } from '../model/types.js';
import { startConversation } from './conversation.js';
import { createSessionId, framePrompt } from './frame.js';
import type { SessionAsks } from './session-asks.js';
import type { LoadedSession } from './sessions/types.js';

export interface SessionParts {
  deps: AgentDeps;
  model: ModelSettings;
  system?: string;
  /** An earlier session to go on with; its file is the caller's to close. */
  resume?: LoadedSession;
  /** What servers ask meanwhile. */
  asks: Pick<SessionAsks, 'side' | 'ending'>;
  servers: readonly ServerStatus[];
  /** Told at the beginning of the first prompt, and part of the result. */
  warnings: readonly string[];
  close: () => Promise<void>;
}

/** A session over connected parts: keeps the conversation, frames every prompt with `init` and `result`. */
export function createSession(parts: SessionParts): Session {
  const { deps, servers, warnings } = parts;
  const id = parts.resume?.summary.id ?? createSessionId();
  const conversation = startConversation({ ...parts, model: parts.model.name });
  let introduced = false;
  let running: AbortController | undefined;

  async function* work(
    text: string,
    images: readonly ImageData[],
    signal: AbortSignal,
  ): AsyncGenerator<AgentEventBody, RunOutcome> {
    const messageId = nextId(conversation);
    const message: ChatMessage = {
      role: 'user',
      content: text,
      ...(images.length === 0 ? {} : { images }),
    };
    conversation.messages.push(message);
    conversation.onMessage?.(message);
    yield { type: 'message', id: messageId, role: 'user', content: redact(text), delta: false };
    const info = await deps.model.describe(signal);
    checkImages(images, info);
    return yield* run({ deps, conversation, info, signal });
  }

  /** The prompt with what happens beside it, and what has to be said of it at its end. */
  async function* workAndTell(
    steps: AsyncGenerator<AgentEventBody, RunOutcome>,
  ): AsyncGenerator<AgentEventBody, RunOutcome> {
    const outcome = yield* parts.asks.side.mix(steps);
    const message = parts.asks.ending();
    if (message !== undefined) yield { type: 'log', level: 'warning', message: redact(message) };
    return outcome;
  }

  return {
    id,
    servers,
    async *send(text, images = []) {
      const controller = createAbort();
      running = controller;
      const first = !introduced;
      introduced = true;
      try {
        yield* framePrompt({
          sessionId: id,
          model: parts.model.name,
          controller,
          ...(first ? { introduction: { servers, warnings } } : {}),
          work: (signal) => workAndTell(work(text, images, signal)),
        });
      } finally {
        running = undefined;
      }
    },
    abort: (reason) => running?.abort(reason),
    close: parts.close,
  };
}

/** Images for a model without eyes are refused before anything is sent. */
export function checkImages(images: readonly ImageData[], info: ModelInfo): void {
  if (images.length === 0 || info.vision) return;
  throw new OstlerError('model_failed', `${info.name} cannot look at images.`, {
    hint: 'Use a vision model, e.g. -m llama3.2-vision.',
  });
}
