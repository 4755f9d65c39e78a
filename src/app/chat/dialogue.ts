import { estimatePrompt } from '../../model/context-budget.js';
import { isNudge } from '../../agent/nudge.js';
import type { Conversation } from '../../agent/types.js';
import type { ChatMessage } from '../../core/messages.js';
import { promptOf } from './prompt-text.js';
import { isSummary } from './summary.js';

/** A prompt of the person, and where it begins. */
interface Prompt {
  text: string;
  message: ChatMessage;
}

/** The running conversation: its messages, and which of them are prompts. */
export interface Dialogue {
  /** What the loop works on; the same object for the dialogue's whole life. */
  readonly conversation: Conversation;
  /** Adds a prompt's messages; the first one stands for it. */
  addPrompt: (text: string, messages: readonly ChatMessage[]) => void;
  undo: () => string | undefined;
  prompts: () => readonly string[];
  answers: () => readonly string[];
  system: () => string | undefined;
  setSystem: (text: string | undefined) => void;
  /** Where the last prompt begins, or the end when there is none. */
  lastExchange: () => number;
  /** Puts other messages in the place of all that are not the system's; kept ones must be the same objects. */
  replaceHistory: (messages: readonly ChatMessage[]) => void;
  /** Begins anew with these; the system prompt is among them. */
  load: (messages: readonly ChatMessage[]) => void;
  /** Tokens of the last prompt and its answer: the model's own count, or an estimate since some of it was taken away. */
  usedTokens: () => number;
  /** What another model learnt of the prompt's size does not hold for the next one. */
  forgetCounts: () => void;
}

export interface DialogueOptions {
  onAppend: (message: ChatMessage) => void;
  onReplace: (messages: readonly ChatMessage[]) => void;
}

export function createDialogue({ onAppend, onReplace }: DialogueOptions): Dialogue {
  const conversation: Conversation = {
    messages: [],
    tokenRatio: 1,
    removed: 0,
    onMessage: onAppend,
  };
  let prompts: Prompt[] = [];
  let estimated = 0;

  /** Ids go on from where they were. */
  function set(messages: readonly ChatMessage[]): void {
    const { removed = 0, messages: before } = conversation;
    conversation.removed = removed + before.length;
    conversation.messages = [...messages];
    delete conversation.counted;
    const { total } = estimatePrompt(messages, []);
    estimated = Math.round(total * conversation.tokenRatio);
    const kept = new Set(messages);
    prompts = prompts.filter(({ message }) => kept.has(message));
  }

  function system(): string | undefined {
    const [first] = conversation.messages;
    return first?.role === 'system' ? first.content : undefined;
  }

  const history = () => conversation.messages.slice(system() === undefined ? 0 : 1);

  function change(messages: readonly ChatMessage[]): void {
    set(messages);
    onReplace(conversation.messages);
  }

  return {
    conversation,
    addPrompt(text, messages) {
      const [first] = messages;
      if (first === undefined) return;
      prompts.push({ text, message: first });
      for (const message of messages) {
        conversation.messages.push(message);
        onAppend(message);
      }
    },
    undo() {
      const last = prompts.at(-1);
      if (last === undefined) return undefined;
      change(conversation.messages.slice(0, conversation.messages.lastIndexOf(last.message)));
      return last.text;
    },
    prompts: () => prompts.map(({ text }) => text),
    answers: () => conversation.messages.filter(isAnswer).map(({ content }) => content),
    system,
    setSystem(text) {
      const rest = history();
      change(text === undefined ? rest : [{ role: 'system', content: text }, ...rest]);
    },
    lastExchange() {
      const last = prompts.at(-1);
      return last === undefined
        ? conversation.messages.length
        : conversation.messages.lastIndexOf(last.message);
    },
    replaceHistory(messages) {
      const [first] = conversation.messages;
      change(first?.role === 'system' ? [first, ...messages] : messages);
    },
    load(messages) {
      set(messages);
      if (!messages.some(({ role }) => role !== 'system')) estimated = 0;
      prompts = messages.flatMap((message) =>
        message.role === 'user' && !isSummary(message) && !isNudge(message)
          ? [{ text: promptOf(message.content), message }]
          : [],
      );
    },
    usedTokens: () => conversation.counted ?? estimated,
    forgetCounts() {
      conversation.tokenRatio = 1;
      delete conversation.numCtx;
      delete conversation.counted;
    },
  };
}

function isAnswer(message: ChatMessage): boolean {
  return (
    message.role === 'assistant' &&
    message.content.trim() !== '' &&
    (message.toolCalls ?? []).length === 0
  );
}
