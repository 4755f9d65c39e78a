import { describe, expect, it } from 'vitest';
import { OstlerError } from '../../../src/core/errors.js';
import {
  createBarrier,
  done,
  ofType,
  play,
  runPrompt,
  shownText,
  startPrompt,
  think,
} from './harness.js';

describe('an abort', () => {
  const reason = new OstlerError('interrupted', 'Interrupted.');

  it('in the middle of calls gives every call its message', async () => {
    const controller = new AbortController();
    const meet = createBarrier(2);
    const tool = (name: string, call: () => Promise<never>) => ({ name, call });
    const never = async () => {
      await meet();
      controller.abort(reason);
      // A connection that does not care about the signal.
      return new Promise<never>(() => {});
    };
    const { outcome, conversation, events } = await runPrompt({
      model: play([{ name: 's__quick' }, { name: 's__a' }, { name: 's__b' }]),
      tools: [{ name: 's/quick' }, tool('s/a', never), tool('s/b', never)],
      signal: controller.signal,
    });
    expect(conversation.messages.slice(2)).toMatchObject([
      { role: 'tool', toolCallId: 'call_1', content: 'result of quick' },
      { role: 'tool', toolCallId: 'call_2', content: 'Interrupted.' },
      { role: 'tool', toolCallId: 'call_3', content: 'Interrupted.' },
    ]);
    expect(ofType(events, 'tool_result').map(({ status }) => status)).toEqual([
      'success',
      'cancelled',
      'cancelled',
    ]);
    expect(outcome).toMatchObject({ error: { code: 'interrupted' } });
    expect(events.at(-1)).toMatchObject({ type: 'error', code: 'interrupted' });
  });

  it('while a person is asked likewise', async () => {
    const controller = new AbortController();
    const { outcome, conversation, called } = await runPrompt({
      model: play([{ name: 's__a' }]),
      tools: [{ name: 's/a' }],
      approve: (_, signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(reason));
          controller.abort(reason);
        }),
      signal: controller.signal,
    });
    expect(called).toEqual([]);
    expect(conversation.messages.at(-1)).toMatchObject({ role: 'tool', content: 'Interrupted.' });
    expect(outcome.error?.code).toBe('interrupted');
  });

  it('before the calls begin asks and calls nothing', async () => {
    const controller = new AbortController();
    let asked = 0;
    const { outcome, called, conversation } = await runPrompt({
      model: play(async function* () {
        yield { type: 'tool_call', call: { id: 'c1', name: 's__a', arguments: {} } };
        yield done(1, 1);
        controller.abort(reason);
      }),
      tools: [{ name: 's/a' }],
      approve: () => {
        asked += 1;
        return Promise.resolve({ decision: 'allow', source: 'user' });
      },
      signal: controller.signal,
    });
    expect([asked, called]).toEqual([0, []]);
    expect(conversation.messages.at(-1)).toMatchObject({ role: 'tool', toolCallId: 'c1' });
    expect(outcome.error?.code).toBe('interrupted');
  });

  it('of the answer keeps what was said and names the reason', async () => {
    const controller = new AbortController();
    const { outcome, conversation, events } = await runPrompt({
      model: play(async function* (_, signal) {
        yield { type: 'text', text: 'I was about to' };
        controller.abort(new OstlerError('terminated', 'Terminated.'));
        throw signal.reason;
      }),
      signal: controller.signal,
    });
    expect(outcome).toMatchObject({ response: 'I was about to', error: { code: 'terminated' } });
    expect(conversation.messages.at(-1)).toEqual({ role: 'assistant', content: 'I was about to' });
    expect(ofType(events, 'message').at(-1)).toMatchObject({ delta: false });
  });

  it('by leaving the stream closes the request to the model', async () => {
    let closed = false;
    const { steps } = startPrompt({
      model: play(async function* () {
        try {
          for (;;) yield { type: 'text', text: 'more ' };
        } finally {
          closed = true;
        }
      }),
    });
    await steps.next();
    await steps.return({} as never);
    expect(closed).toBe(true);
  });
});

describe('an answer that breaks off', () => {
  const failure = new OstlerError('model_broke_off', 'It broke off.', { hint: 'Try again.' });

  it('keeps the part that came, and runs none of its calls', async () => {
    const { outcome, conversation, called, events } = await runPrompt({
      model: play([think('Let me'), 'Part', { name: 's__a' }, failure]),
      tools: [{ name: 's/a' }],
    });
    expect(called).toEqual([]);
    expect(conversation.messages.at(-1)).toEqual({
      role: 'assistant',
      content: 'Part',
      thinking: 'Let me',
    });
    expect(outcome).toMatchObject({
      response: 'Part',
      toolCalls: [],
      error: { code: 'model_broke_off', hint: 'Try again.' },
    });
    expect(ofType(events, 'message').at(-1)).toMatchObject({ content: 'Part', delta: false });
  });

  it('in the middle of a call written as text shows it and does not run it', async () => {
    const { outcome, called, events } = await runPrompt({
      model: play(['{"name": "s__a", "arguments": {}}', failure]),
      tools: [{ name: 's/a' }],
    });
    expect(called).toEqual([]);
    expect(shownText(events)).toEqual({ msg_1: '{"name": "s__a", "arguments": {}}' });
    expect(outcome.error?.code).toBe('model_broke_off');
  });

  it('before the first word leaves no message', async () => {
    const { conversation, events } = await runPrompt({ model: play([failure]) });
    expect(conversation.messages).toHaveLength(1);
    expect(events).toEqual([
      {
        type: 'error',
        severity: 'error',
        code: 'model_broke_off',
        message: 'It broke off.',
        hint: 'Try again.',
      },
    ]);
  });
});
