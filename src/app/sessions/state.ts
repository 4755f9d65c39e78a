import { isNudge } from '../../agent/nudge.js';
import type { SessionSummary } from '../../core/chat.js';
import type { ChatMessage } from '../../core/messages.js';
import { promptOf } from '../chat/prompt-text.js';
import { isSummary } from '../chat/summary.js';
import type { HeadLine, ReadLine, SummaryLine } from './lines.js';

/** What the lines of a file amount to, without the messages. */
export type SessionState = Omit<SummaryLine, 'type'>;

export function initialState(head: HeadLine): SessionState {
  return { at: head.created, prompts: 0, title: '', model: head.model };
}

/** The state after one more line. */
export function nextState(state: SessionState, line: ReadLine): SessionState {
  const { at } = line;
  switch (line.type) {
    case 'summary': {
      const { type: _, ...summary } = line;
      return summary;
    }
    case 'message': {
      if (!isPrompt(line.message)) return { ...state, at };
      const title = state.title === '' ? titleOf(promptOf(line.message.content)) : state.title;
      return { ...state, at, title, prompts: state.prompts + 1 };
    }
    case 'replace':
      return {
        ...state,
        at,
        prompts: line.prompts,
        title: isEmptied(line) ? '' : state.title,
      };
    case 'model':
      return { ...state, at, model: line.model };
    case 'name':
      return { ...state, at, name: line.name };
  }
}

/** Nothing is left but a system prompt. */
function isEmptied({ keep, prompts, messages }: Extract<ReadLine, { type: 'replace' }>): boolean {
  return prompts === 0 && keep <= 1 && messages.every(({ role }) => role === 'system');
}

const TITLE_LENGTH = 80;

/** The beginning of a prompt on one line. */
function titleOf(content: string): string {
  const line = content
    .slice(0, TITLE_LENGTH * 4)
    .replaceAll(/\s+/g, ' ')
    .trim();
  return line.length <= TITLE_LENGTH
    ? line
    : `${line
        .slice(0, TITLE_LENGTH - 1)
        .toWellFormed()
        .trimEnd()}…`;
}

export function countPrompts(messages: readonly ChatMessage[]): number {
  return messages.filter(isPrompt).length;
}

/** Some messages of the user are none of the person's. */
function isPrompt(message: ChatMessage): boolean {
  return message.role === 'user' && !isNudge(message) && !isSummary(message);
}

export function toSummary(head: HeadLine, state: SessionState): SessionSummary {
  const { at: updated, prompts, title, model, name } = state;
  return {
    id: head.id,
    updated,
    model,
    prompts,
    title,
    cwd: head.cwd,
    ...(name === undefined ? {} : { name }),
  };
}
