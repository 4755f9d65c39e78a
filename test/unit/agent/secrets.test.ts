import { afterEach, describe, expect, it } from 'vitest';
import { OstlerError } from '../../../src/core/errors.js';
import { forgetSecrets, registerSecret } from '../../../src/core/redact.js';
import { play, runPrompt, shownText, text, think } from './harness.js';

afterEach(forgetSecrets);

describe('secrets', () => {
  const SECRET = 'topsecret-token';

  it('are replaced in everything that leaves, cut as it may be, and in what the model reads', async () => {
    registerSecret(SECRET);
    const model = play(
      ['It is top', 'secret-', 'token!', { name: 's__a', args: { q: SECRET } }],
      [think('hm topsec'), think('ret-token'), `again ${SECRET}`],
    );
    const { events, conversation, outcome } = await runPrompt({
      model,
      tools: [
        {
          name: 's/a',
          call: (_, { onProgress }) => {
            onProgress?.({ progress: 1, message: `using ${SECRET}` });
            return {
              isError: false,
              content: [{ type: 'text', text: `header: ${SECRET}` }],
              structured: { [SECRET]: [SECRET] },
            };
          },
        },
        { name: 's/b' },
      ],
    });
    expect(JSON.stringify(events)).not.toContain(SECRET);
    expect(shownText(events)['msg_1']).toBe('It is [REDACTED]!');
    expect(conversation.messages[2]).toMatchObject({
      content: expect.stringContaining('header: [REDACTED]'),
    });
    expect(JSON.stringify(outcome.toolCalls)).not.toContain(SECRET);
    // The tool itself gets what the model wrote.
    expect(events).toEqual(
      expect.arrayContaining([expect.objectContaining({ message: 'using [REDACTED]' })]),
    );
  });

  it('are replaced before a long result is cut, so that no half of one is left', async () => {
    registerSecret(SECRET);
    // Wherever the cut falls: each padding moves it by one character.
    for (let padding = 0; padding <= SECRET.length; padding += 1) {
      const long = '-'.repeat(padding) + Array.from({ length: 8000 }, () => SECRET).join(' ');
      const { conversation } = await runPrompt({
        model: play([{ name: 's__a' }], ['.']),
        tools: [{ name: 's/a', call: () => text(long) }],
      });
      const { content } = conversation.messages[2] ?? { content: '' };
      expect(content.length).toBeLessThan(70_000);
      expect(content).toContain('characters left out');
      expect(content).not.toMatch(/tops|oken\b/);
    }
  });

  it('in an error are replaced too', async () => {
    registerSecret(SECRET);
    const { outcome, events } = await runPrompt({
      model: play([new OstlerError('model_failed', `bad ${SECRET}`, { hint: SECRET })]),
    });
    expect(JSON.stringify([outcome, events])).not.toContain(SECRET);
  });

  it('invisible instructions in a result do not reach the model', async () => {
    const tag = String.fromCodePoint(0xe0041, 0xe0042);
    const { conversation } = await runPrompt({
      model: play([{ name: 's__a' }, { name: 's__b' }], ['.']),
      tools: [
        { name: 's/a', call: () => text(`a${tag}b`) },
        {
          name: 's/b',
          call: () => Promise.reject(new OstlerError('server_failed', `x${tag}y`)),
        },
      ],
    });
    expect(conversation.messages.slice(2, 4)).toMatchObject([
      { content: 'ab' },
      { content: 'Error: xy' },
    ]);
  });
});
