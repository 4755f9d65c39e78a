import type { SamplingRequest } from '../../../../../src/core/asks.js';

export const SAMPLING: SamplingRequest = {
  id: 's1',
  server: 'notes',
  messages: [
    { role: 'user', content: [{ type: 'text', text: 'Summarise this.' }] },
    {
      role: 'assistant',
      content: [{ type: 'tool_use', id: 't', name: 'look', input: { q: 'x' } }],
    },
    {
      role: 'user',
      content: [{ type: 'tool_result', toolUseId: 't', text: 'found', isError: false }],
    },
  ],
  systemPrompt: 'You are brief.',
  maxTokens: 1_000_000,
  temperature: 0.5,
  stopSequences: ['END'],
  modelHints: ['claude'],
  tools: [{ name: 'look', description: 'Looks', inputSchema: { type: 'object' } }],
  toolChoice: 'auto',
};
