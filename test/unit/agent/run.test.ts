import { describe, expect, it } from 'vitest';
import type { CallOptions } from '../../../src/mcp/types.js';
import { createBarrier, done, ofType, play, runPrompt, text, think } from './harness.js';

const NUMBERS = {
  type: 'object',
  properties: { a: { type: 'integer' }, b: { type: 'integer' } },
  required: ['a'],
};

describe('an answer without tools', () => {
  it('is deltas and the finished message, and one message of the history', async () => {
    const model = play([think('Hm.'), 'Hel', 'lo', done(20, 3)]);
    const { events, outcome, conversation } = await runPrompt({ model, prompt: 'Hi' });
    expect(events).toEqual([
      { type: 'thinking', id: 'msg_1', content: 'Hm.', delta: true },
      { type: 'message', id: 'msg_1', role: 'assistant', content: 'Hel', delta: true },
      { type: 'message', id: 'msg_1', role: 'assistant', content: 'lo', delta: true },
      { type: 'thinking', id: 'msg_1', content: 'Hm.', delta: false },
      { type: 'message', id: 'msg_1', role: 'assistant', content: 'Hello', delta: false },
    ]);
    expect(conversation.messages).toEqual([
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello', thinking: 'Hm.' },
    ]);
    expect(outcome).toMatchObject({
      response: 'Hello',
      turns: 1,
      toolCalls: [],
      error: null,
      usage: { input_tokens: 20, output_tokens: 3, eval_rate: 300, context_tokens: 8192 },
    });
  });

  it('that reaches the token limit comes with a warning', async () => {
    const { events, outcome } = await runPrompt({ model: play(['cut o', done(5, 5, 'length')]) });
    expect(ofType(events, 'log')).toMatchObject([
      { level: 'warning', message: expect.stringMatching(/cut off/) },
    ]);
    expect(outcome).toMatchObject({ response: 'cut o', error: null });
  });
});

describe('a tool call', () => {
  it('goes out, comes back, and the model goes on', async () => {
    const model = play(['I add.', { name: 'math__add', args: { a: 2, b: 3 } }], ['It is 5.']);
    const tools = [{ name: 'math/add', schema: NUMBERS, call: () => text('5') }];
    const { events, outcome, conversation, called } = await runPrompt({ model, tools });
    expect(called).toEqual([['math/add', { a: 2, b: 3 }]]);
    const summary = {
      id: 'call_2',
      server: 'math',
      tool: 'add',
      arguments: { a: 2, b: 3 },
      status: 'success',
      duration_ms: expect.any(Number),
    };
    expect(events).toEqual([
      { type: 'message', id: 'msg_1', role: 'assistant', content: 'I add.', delta: true },
      { type: 'message', id: 'msg_1', role: 'assistant', content: 'I add.', delta: false },
      {
        type: 'tool_use',
        tool_id: 'call_2',
        server: 'math',
        tool_name: 'add',
        parameters: { a: 2, b: 3 },
      },
      { type: 'approval', tool_id: 'call_2', decision: 'allow', source: 'policy' },
      {
        type: 'tool_result',
        tool_id: 'call_2',
        status: 'success',
        output: '5',
        duration_ms: expect.any(Number),
      },
      { type: 'message', id: 'msg_3', role: 'assistant', content: 'It is 5.', delta: true },
      { type: 'message', id: 'msg_3', role: 'assistant', content: 'It is 5.', delta: false },
    ]);
    expect(outcome).toMatchObject({ response: 'It is 5.', turns: 2, toolCalls: [summary] });
    expect(conversation.messages.slice(1)).toEqual([
      {
        role: 'assistant',
        content: 'I add.',
        toolCalls: [{ id: 'call_2', name: 'math__add', arguments: { a: 2, b: 3 } }],
      },
      { role: 'tool', content: '5', toolCallId: 'call_2', toolName: 'math__add' },
      { role: 'assistant', content: 'It is 5.' },
    ]);
    expect(model.requests[1]?.messages).toEqual(conversation.messages.slice(0, 3));
    expect(model.requests[0]?.tools).toEqual([
      { name: 'math__add', description: 'does math/add', parameters: NUMBERS },
    ]);
  });

  it('runs beside the others of its turn, and the results go back in their order', async () => {
    const meet = createBarrier(3);
    const order: string[] = [];
    const tool = (name: string, wait: number) => ({
      name: `s/${name}`,
      // Nobody gets past the barrier before all three are in it.
      call: async () => {
        await meet();
        for (let tick = 0; tick < wait; tick += 1) await Promise.resolve();
        order.push(name);
        return text(`r-${name}`);
      },
    });
    const model = play([{ name: 's__a' }, { name: 's__b' }, { name: 's__c' }], ['Done.']);
    const tools = [tool('a', 30), tool('b', 20), tool('c', 10)];
    const { conversation, outcome, events } = await runPrompt({ model, tools });
    expect(order).toEqual(['c', 'b', 'a']);
    expect(ofType(events, 'tool_result').map(({ output }) => output)).toEqual([
      'r-c',
      'r-b',
      'r-a',
    ]);
    expect(conversation.messages.slice(2, 5)).toEqual([
      { role: 'tool', content: 'r-a', toolCallId: 'call_1', toolName: 's__a' },
      { role: 'tool', content: 'r-b', toolCallId: 'call_2', toolName: 's__b' },
      { role: 'tool', content: 'r-c', toolCallId: 'call_3', toolName: 's__c' },
    ]);
    expect(outcome.toolCalls.map(({ tool: name }) => name)).toEqual(['a', 'b', 'c']);
  });

  it('tells its progress while it runs', async () => {
    const tools = [
      {
        name: 's/slow',
        call: (_: unknown, { onProgress }: CallOptions) => {
          onProgress?.({ progress: 1, total: 2, message: 'half' });
          onProgress?.({ progress: 2 });
          return text('ok');
        },
      },
    ];
    const { events } = await runPrompt({ model: play([{ name: 's__slow' }], ['.']), tools });
    expect(ofType(events, 'tool_progress')).toEqual([
      { type: 'tool_progress', tool_id: 'call_1', progress: 1, total: 2, message: 'half' },
      { type: 'tool_progress', tool_id: 'call_1', progress: 2 },
    ]);
  });

  it('may flood its progress: what nobody reads is dropped, the result is not', async () => {
    const tools = [
      {
        name: 's/slow',
        call: (_: unknown, { onProgress }: CallOptions) => {
          for (let at = 0; at < 100_000; at += 1) onProgress?.({ progress: at });
          return text('ok');
        },
      },
    ];
    const { events } = await runPrompt({ model: play([{ name: 's__slow' }], ['.']), tools });
    expect(ofType(events, 'tool_progress').length).toBeLessThanOrEqual(1000);
    expect(ofType(events, 'tool_result')).toMatchObject([{ status: 'success', output: 'ok' }]);
  });

  it('passes images on to a model that sees', async () => {
    const image = { type: 'image' as const, data: Uint8Array.of(1, 2), mimeType: 'image/png' };
    const tools = [{ name: 's/look', call: () => ({ isError: false, content: [image] }) }];
    const reply = () => play([{ name: 's__look' }], ['.']);
    const seeing = await runPrompt({ model: reply(), tools, info: { vision: true } });
    expect(seeing.conversation.messages[2]).toMatchObject({
      images: [{ data: Uint8Array.of(1, 2), mimeType: 'image/png' }],
    });
    const blind = await runPrompt({ model: reply(), tools });
    expect(blind.conversation.messages[2]).not.toHaveProperty('images');
  });

  it('keeps the structured part for the event', async () => {
    const structured = { sum: 5 };
    const tools = [{ name: 's/add', call: () => ({ isError: false, content: [], structured }) }];
    const { events } = await runPrompt({ model: play([{ name: 's__add' }], ['.']), tools });
    expect(ofType(events, 'tool_result')).toMatchObject([{ structured: { sum: 5 } }]);
  });

  it('with a structured part nested without end breaks nothing', async () => {
    const deep = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`);
    const tools = [
      { name: 's/deep', call: () => ({ isError: false, content: [], structured: deep }) },
    ];
    const { events, outcome } = await runPrompt({
      model: play([{ name: 's__deep' }], ['.']),
      tools,
    });
    expect(outcome.error).toBeNull();
    expect(ofType(events, 'tool_result')).toEqual([
      expect.objectContaining({ output: expect.stringMatching(/nested too deeply/) }),
    ]);
    expect(() => JSON.stringify(events)).not.toThrow();
  });

  it('with arguments nested without end ends the run in words', async () => {
    const args = JSON.parse(`{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`);
    const { outcome, called } = await runPrompt({
      model: play(['Well.', { name: 's__a', args }]),
      tools: [{ name: 's/a' }],
    });
    expect(outcome).toMatchObject({ response: 'Well.', error: { code: 'model_failed' } });
    expect(called).toEqual([]);
  });
});

describe('a template that hides the tools after a result', () => {
  it('gets a user message at the end of the request, which the history never sees', async () => {
    const model = play([{ name: 's__a' }], [{ name: 's__b' }], ['End.']);
    const { conversation } = await runPrompt({
      model,
      tools: [{ name: 's/a' }, { name: 's/b' }],
      info: { hidesToolsAfterResult: true },
    });
    expect(model.requests.map(({ messages }) => messages.map(({ role }) => role))).toEqual([
      ['user'],
      ['user', 'assistant', 'tool', 'user'],
      ['user', 'assistant', 'tool', 'assistant', 'tool', 'user'],
    ]);
    expect(conversation.messages.map(({ role }) => role)).toEqual([
      'user',
      'assistant',
      'tool',
      'assistant',
      'tool',
      'assistant',
    ]);
  });
});
