import { expect, it } from 'vitest';
import { parseSampling } from '../../../../src/mcp/incoming/sampling-request.js';

it('takes no notice of a system prompt that is no text', () => {
  const messages = [{ role: 'user', content: { type: 'text', text: 'x' } }];
  const systemPrompt = { toString: 1, valueOf: 2 };
  const asked = { id: 'ask-1', server: 's' };
  const request = parseSampling({ messages, maxTokens: 1, systemPrompt }, asked);
  expect(request).not.toHaveProperty('systemPrompt');
});
