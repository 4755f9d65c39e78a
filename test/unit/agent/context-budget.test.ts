import { describe, expect, it } from 'vitest';
import {
  BUCKETS,
  chooseContext,
  estimatePrompt,
  estimateTokens,
  growContext,
  learnRatio,
} from '../../../src/model/context-budget.js';
import { OstlerError } from '../../../src/core/errors.js';
import type { ChatMessage } from '../../../src/core/messages.js';
import { done, INFO, ofType, play, runPrompt, text } from './harness.js';

const tooLong = () => new OstlerError('model_context', 'The prompt does not fit.');
const words = (tokens: number) => 'x'.repeat(tokens * 3.5);

describe('the estimate', () => {
  it('counts characters, and those beyond ASCII in full', () => {
    expect(estimateTokens('')).toBe(0);
    expect(estimateTokens('x'.repeat(35))).toBe(10);
    expect(estimateTokens('漢字')).toBe(2);
  });

  it('knows every part of a prompt', () => {
    const messages: ChatMessage[] = [
      { role: 'system', content: words(100) },
      {
        role: 'user',
        content: words(10),
        images: [{ data: new Uint8Array(), mimeType: 'image/png' }],
      },
      {
        role: 'assistant',
        content: '',
        toolCalls: [{ id: '1', name: 'a', arguments: { q: words(50) } }],
      },
      { role: 'tool', content: words(200), toolCallId: '1', toolName: 'a' },
    ];
    const estimate = estimatePrompt(messages, [
      { name: 'a', description: words(300), parameters: {} },
    ]);
    expect(estimate.system).toBe(108);
    expect(estimate.results).toBe(208);
    expect(estimate.tools).toBeGreaterThan(300);
    expect(estimate.history).toBeGreaterThan(1660);
    expect(estimate.total).toBe(
      estimate.system + estimate.results + estimate.tools + estimate.history,
    );
  });
});

describe('the window that is asked for', () => {
  const estimate = (total: number) => ({ system: 0, tools: 0, history: total, results: 0, total });
  const choose = (total: number, more: Partial<Parameters<typeof chooseContext>[0]> = {}) =>
    chooseContext({ estimate: estimate(total), info: INFO, tokenRatio: 1, ...more });

  it.each([
    [10, 8192],
    [8192 - 2048, 8192],
    [8192 - 2047, 16_384],
    [40_000, 65_536],
    [130_000, 131_072],
    // Above by our count, but our count is on the high side: the host decides.
    [200_000, 131_072],
  ])('for %i tokens is %i', (total, expected) => {
    expect(choose(total)).toBe(expected);
  });

  it('is the user’s own, whatever the prompt', () => {
    expect(choose(1_000_000, { fixed: 2048 })).toBe(2048);
  });

  it('only grows, because a change loads the model anew', () => {
    expect(choose(10, { current: 32_768 })).toBe(32_768);
    expect(choose(31_000, { current: 32_768 })).toBe(65_536);
  });

  it('is left to the model when its own is large enough', () => {
    expect(choose(10, { info: { ...INFO, defaultNumCtx: 16_384 } })).toBeUndefined();
    expect(choose(20_000, { info: { ...INFO, defaultNumCtx: 16_384 } })).toBe(32_768);
  });

  it('is never larger than what the model was made for', () => {
    expect(choose(10, { info: { ...INFO, contextLength: 2048 } })).toBe(2048);
    expect(choose(10_000, { info: { ...INFO, contextLength: 20_000 } })).toBe(16_384);
    expect(choose(15_000, { info: { ...INFO, contextLength: 20_000 } })).toBe(20_000);
  });

  it('holds very long prompts of a model whose limit is unknown', () => {
    expect(choose(500_000, { info: { ...INFO, contextLength: 0 } })).toBe(502_048);
  });

  it('takes account of how the model counts', () => {
    expect(choose(6000, { tokenRatio: 1.5 })).toBe(16_384);
  });

  it('does not exist for a prompt that cannot fit: the error says what takes the room', () => {
    const parts = { system: 10, tools: 400_000, history: 20, results: 30, total: 400_060 };
    const attempt = () => choose(0, { estimate: parts });
    expect(attempt).toThrow(OstlerError);
    expect(attempt).toThrow(/400060 tokens, and test-model holds 131072.*tools 400000/);
  });

  it('grows step by step to the model’s limit', () => {
    expect(growContext(undefined, INFO)).toBe(8192);
    expect(growContext(8192, INFO)).toBe(16_384);
    expect(growContext(10_000, INFO)).toBe(16_384);
    expect(growContext(131_072, INFO)).toBeUndefined();
    expect(growContext(65_536, { ...INFO, contextLength: 100_000 })).toBe(100_000);
    expect(growContext(undefined, { ...INFO, defaultNumCtx: 32_768 })).toBe(65_536);
    expect(growContext(262_144, { ...INFO, contextLength: 0 })).toBeUndefined();
  });
});

describe('how the model counts', () => {
  it('is learnt from long prompts, and not from the template around a short one', () => {
    expect(learnRatio(1, 9, 80)).toBe(1);
    expect(learnRatio(1, 10_000, 8000)).toBe(1);
    expect(learnRatio(1, 10_000, 15_256)).toBe(1.5);
    expect(learnRatio(1.5, 10_000, 12_000)).toBe(1.5);
    expect(learnRatio(1, 0, 100)).toBe(1);
  });

  it('keeps a long prompt after a short one possible', async () => {
    const model = play([done(60, 5), 'hi'], ['long']);
    const first = await runPrompt({ model, prompt: 'Hi' });
    const { conversation } = first;
    conversation.messages.push({ role: 'user', content: words(100_000) });
    const { outcome } = await runPrompt({ model, conversation });
    expect(outcome).toMatchObject({ error: null, response: 'long' });
  });
});

describe('in a run', () => {
  it('every request has room for the tools, and keeps the window', async () => {
    const description = words(9000);
    const model = play([{ name: 's__a' }], ['Done.']);
    const tools = [{ name: 's/a', schema: { type: 'object', description } }];
    const { outcome } = await runPrompt({ model, tools });
    expect(model.requests.map(({ numCtx }) => numCtx)).toEqual([16_384, 16_384]);
    expect(outcome.usage.context_tokens).toBe(16_384);
  });

  it('the user’s own window is used and never grown', async () => {
    const model = play([tooLong()]);
    const { outcome, conversation } = await runPrompt({ model, numCtx: 4096 });
    expect(model.requests.map(({ numCtx }) => numCtx)).toEqual([4096]);
    expect(outcome).toMatchObject({ error: { code: 'model_context' } });
    expect(conversation.numCtx).toBe(4096);
  });

  it('grows when the host says that the prompt does not fit, and says so', async () => {
    const model = play([tooLong()], [tooLong()], ['Fits.']);
    const { outcome, events, conversation } = await runPrompt({ model });
    expect(model.requests.map(({ numCtx }) => numCtx)).toEqual([8192, 16_384, 32_768]);
    expect(new Set(model.requests.map(({ messages }) => JSON.stringify(messages))).size).toBe(1);
    expect(ofType(events, 'log')).toHaveLength(2);
    expect(outcome).toMatchObject({ response: 'Fits.', turns: 1, error: null });
    expect(conversation.numCtx).toBe(32_768);
  });

  it('ends with the refusal when there is nothing left to grow', async () => {
    const model = play(...BUCKETS.map(() => [tooLong()]));
    const { outcome } = await runPrompt({ model });
    expect(model.requests.map(({ numCtx }) => numCtx)).toEqual([
      8192, 16_384, 32_768, 65_536, 131_072,
    ]);
    expect(outcome.error?.code).toBe('model_context');
  });

  it('does not say twice what was begun', async () => {
    const model = play(['I begin', tooLong()], ['never']);
    const { outcome } = await runPrompt({ model });
    expect(model.requests).toHaveLength(1);
    expect(outcome).toMatchObject({ response: 'I begin', error: { code: 'model_context' } });
  });

  it('a prompt that cannot fit is refused, and never cut', async () => {
    const model = play();
    const { outcome, events } = await runPrompt({ model, prompt: words(300_000) });
    expect(model.requests).toEqual([]);
    expect(outcome.error).toMatchObject({ code: 'model_context' });
    expect(events.at(-1)).toMatchObject({ type: 'error', code: 'model_context' });
  });

  it('a long result is cut in its middle, several share the room', async () => {
    const tools = [{ name: 's/a', call: () => text('y'.repeat(100_000)) }];
    const lengths = async (calls: number) => {
      const turn = Array.from({ length: calls }, (_, at) => ({ name: 's__a', args: { at } }));
      const { conversation } = await runPrompt({
        model: play(turn, ['.']),
        tools,
        numCtx: 32_768,
      });
      return conversation.messages
        .filter(({ role }) => role === 'tool')
        .map(({ content }) => content.length);
    };
    const [one = 0] = await lengths(1);
    expect(one).toBeGreaterThan(28_000);
    expect(one).toBeLessThan(29_000);
    for (const length of await lengths(4)) expect(length).toBeLessThan(15_000);
  });
});
