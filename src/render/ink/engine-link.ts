import type { Chat, Outgoing } from '../../core/chat.js';
import { createDeferred } from '../../core/deferred.js';
import type { AgentEvent } from '../../core/events.js';
import { createCompleter } from './completion/complete.js';
import { createPromptRunner, type PromptRunner } from './prompt-runner.js';
import type { Complete, Machine } from './types.js';

export interface EngineLinkOptions {
  machine: Machine;
  /** A message goes to the model. */
  onStart: (message: Outgoing) => void;
  onEvent: (event: AgentEvent) => void;
  /** Messages that will not be sent, because the prompt before them did not end well. */
  onUnsent: (messages: readonly Outgoing[]) => void;
}

/** The engine, which comes later than the screen. */
export interface EngineLink {
  readonly chat: Chat | undefined;
  readonly runner: PromptRunner | undefined;
  readonly completer: Complete | undefined;
  /** Resolves when it is there. */
  ready: Promise<Chat>;
  attach: (chat: Chat) => void;
}

export function createEngineLink(options: EngineLinkOptions): EngineLink {
  const { machine, onStart, onEvent, onUnsent } = options;
  const ready = createDeferred<Chat>();
  let there: { chat: Chat; runner: PromptRunner; completer: Complete } | undefined;
  return {
    get chat() {
      return there?.chat;
    },
    get runner() {
      return there?.runner;
    },
    get completer() {
      return there?.completer;
    },
    ready: ready.promise,
    attach(chat) {
      const runner = createPromptRunner({
        chat,
        onStart,
        onEvent,
        onEnd: (_, unsent) => onUnsent(unsent),
      });
      there = { chat, runner, completer: createCompleter({ chat, machine }) };
      chat.subscribe(onEvent);
      ready.resolve(chat);
    },
  };
}
