import { expect, it } from 'vitest';
import { answerCalls } from '../../../src/app/sessions/unanswered.js';
import type { ChatMessage } from '../../../src/core/messages.js';

const call = (...ids: string[]): ChatMessage => ({
  role: 'assistant',
  content: '',
  toolCalls: ids.map((id) => ({ id, name: `tool_${id}`, arguments: {} })),
});
const result = (id: string): ChatMessage => ({
  role: 'tool',
  content: 'ok',
  toolCallId: id,
  toolName: `tool_${id}`,
});
const user: ChatMessage = { role: 'user', content: 'Go on.' };
const shown = (messages: readonly ChatMessage[]) =>
  messages.map((message) =>
    message.role === 'tool' ? `${message.toolName}: ${message.content}` : message.role,
  );

it.each([
  [
    [user, call('a', 'b'), result('a')],
    ['user', 'assistant', 'tool_a: ok', 'tool_b: Broken'],
  ],
  [
    [call('a'), user],
    ['assistant', 'tool_a: Broken', 'user'],
  ],
  [
    [call('a'), call('a'), result('a')],
    ['assistant', 'tool_a: Broken', 'assistant', 'tool_a: ok'],
  ],
  [
    [call('a', 'b'), result('b'), result('a'), user],
    ['assistant', 'tool_b: ok', 'tool_a: ok', 'user'],
  ],
  [
    [result('x'), user],
    ['tool_x: ok', 'user'],
  ],
  [[], []],
])('gives every call a result: case %#', (messages, expected) => {
  expect(shown(answerCalls(messages)).map((row) => row.replace(/Broken.*/, 'Broken'))).toEqual(
    expected,
  );
});
