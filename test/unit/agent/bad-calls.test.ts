import { describe, expect, it } from 'vitest';
import { OstlerError } from '../../../src/core/errors.js';
import { done, ofType, play, runPrompt, text, think } from './harness.js';

const NUMBERS = {
  type: 'object',
  properties: { a: { type: 'integer' }, b: { type: 'integer' } },
  required: ['a'],
};

describe('a call that cannot be made', () => {
  it('of an unknown tool tells the model which there are', async () => {
    const tools = Array.from({ length: 12 }, (_, at) => ({ name: `s/t${at}` }));
    const { conversation, outcome, events, called } = await runPrompt({
      model: play([{ name: 'make_coffee', args: { cups: 1 } }], ['Sorry.']),
      tools,
    });
    expect(called).toEqual([]);
    expect(conversation.messages[2]).toMatchObject({
      role: 'tool',
      content: expect.stringMatching(
        /^Error: unknown tool "make_coffee"\. The tools are: s__t0, .*s__t9, …\.$/,
      ),
    });
    expect(ofType(events, 'tool_use')).toMatchObject([{ server: '', tool_name: 'make_coffee' }]);
    expect(ofType(events, 'approval')).toEqual([]);
    expect(outcome.toolCalls).toMatchObject([{ status: 'error', tool: 'make_coffee' }]);
    expect(outcome.error).toBeNull();
  });

  it.each(['add', 'Math__Add', 'math.add', 'math-add', 'MATH_ADD'])(
    'is made all the same when only one tool can be meant: %s',
    async (name) => {
      const { called, conversation } = await runPrompt({
        model: play([{ name }], ['.']),
        tools: [{ name: 'math/add' }, { name: 'math/subtract' }],
      });
      expect(called).toEqual([['math/add', {}]]);
      expect(conversation.messages[2]).toMatchObject({ toolName: name });
    },
  );

  it('by a name that fits two tools is not guessed', async () => {
    const { called } = await runPrompt({
      model: play([{ name: 'add' }], ['.']),
      tools: [{ name: 'one/add' }, { name: 'two/add' }],
    });
    expect(called).toEqual([]);
  });

  it('with arguments of the wrong type is repaired', async () => {
    const { called, events } = await runPrompt({
      model: play([{ name: 's__add', args: { a: '2', b: '' } }], ['.']),
      tools: [{ name: 's/add', schema: NUMBERS }],
    });
    expect(called).toEqual([['s/add', { a: 2 }]]);
    expect(ofType(events, 'tool_use')).toMatchObject([{ parameters: { a: 2 } }]);
  });

  it('with arguments that do not fit tells the model why', async () => {
    const { called, conversation, events } = await runPrompt({
      model: play([{ name: 's__add', args: { b: 'many' } }], ['.']),
      tools: [{ name: 's/add', schema: NUMBERS }],
    });
    expect(called).toEqual([]);
    expect(conversation.messages[2]).toMatchObject({
      content:
        "Error: the arguments do not fit the tool's schema: arguments must have required property 'a'; b must be integer. Correct them and call the tool again.",
    });
    expect(ofType(events, 'tool_use')).toMatchObject([{ parameters: { b: 'many' } }]);
    expect(ofType(events, 'tool_result')).toMatchObject([{ status: 'error' }]);
  });

  it('is the model’s to react to when the tool reports an error', async () => {
    const { conversation, outcome } = await runPrompt({
      model: play([{ name: 's__a' }], ['I see.']),
      tools: [{ name: 's/a', call: () => text('no such file', true) }],
    });
    expect(conversation.messages[2]).toMatchObject({ content: 'Error: no such file' });
    expect(outcome).toMatchObject({ error: null, toolCalls: [{ status: 'error' }] });
  });

  it('likewise when its server fails', async () => {
    const failure = new OstlerError('server_failed', 's: connection lost.', {
      hint: 'secret hint',
    });
    const { conversation, outcome } = await runPrompt({
      model: play([{ name: 's__a' }, { name: 's__b' }], ['I see.']),
      tools: [{ name: 's/a', call: () => Promise.reject(failure) }, { name: 's/b' }],
    });
    expect(conversation.messages.slice(2, 4)).toMatchObject([
      { content: 'Error: s: connection lost.' },
      { content: 'result of b' },
    ]);
    expect(outcome.error).toBeNull();
  });

  it('because of a bug throws', async () => {
    const bug = new TypeError('a bug');
    await expect(
      runPrompt({
        model: play([{ name: 's__a' }]),
        tools: [{ name: 's/a', call: () => Promise.reject(bug) }],
      }),
    ).rejects.toBe(bug);
  });

  it('to a model without tools is not even tried', async () => {
    const model = play();
    const { outcome } = await runPrompt({
      model,
      tools: [{ name: 's/a' }],
      info: { tools: false },
    });
    expect(outcome.error).toMatchObject({ code: 'model_no_tools' });
    expect(model.requests).toEqual([]);
    const without = await runPrompt({ model: play(['fine']), info: { tools: false } });
    expect(without.outcome.response).toBe('fine');
  });
});

describe('a model that does not come to an end', () => {
  it('is stopped at the turn limit', async () => {
    const turn = (at: number) => [{ name: 's__a', args: { at } }];
    const model = play(turn(1), turn(2), turn(3));
    const { outcome, conversation } = await runPrompt({
      model,
      tools: [{ name: 's/a' }],
      maxTurns: 3,
    });
    expect(outcome).toMatchObject({ turns: 3, error: { code: 'turn_limit' } });
    expect(outcome.error?.hint).toContain('--max-turns');
    expect(model.requests).toHaveLength(3);
    expect(conversation.messages.at(-1)).toMatchObject({ role: 'tool', toolCallId: 'call_3' });
  });

  it('and repeats one call runs it twice, is told once, and is stopped', async () => {
    const turn = [{ name: 's__a', args: { x: 1, y: [1] } }];
    const same = [{ name: 's__a', args: { y: [1], x: 1 } }];
    const { outcome, called, conversation } = await runPrompt({
      model: play(turn, same, turn, same),
      tools: [{ name: 's/a' }],
    });
    expect(called).toHaveLength(2);
    const results = conversation.messages.filter(({ role }) => role === 'tool');
    expect(results.map(({ content }) => content.slice(0, 20))).toEqual([
      'result of a',
      'result of a',
      'Error: you have call',
      'Error: you have call',
    ]);
    expect(outcome.error).toMatchObject({ code: 'model_loop' });
    expect(outcome.toolCalls.map(({ status }) => status)).toEqual([
      'success',
      'success',
      'error',
      'error',
    ]);
  });

  it('is not stopped for repeating itself within one turn, or with other arguments', async () => {
    const call = { name: 's__a', args: { x: 1 } };
    const { outcome, called } = await runPrompt({
      model: play(
        [call, call, call, call, call],
        [
          { name: 's__a', args: { x: 2 } },
          { name: 's__b', args: { x: 1 } },
        ],
        ['Done.'],
      ),
      tools: [{ name: 's/a' }, { name: 's/b' }],
    });
    expect(outcome).toMatchObject({ error: null, response: 'Done.' });
    expect(called).toHaveLength(4);
  });
});

describe('an empty answer', () => {
  it('behind which a call was swallowed is asked for once more, with the names', async () => {
    const model = play([done(5, 23)], [{ name: 's__a' }], ['Now.']);
    const { outcome } = await runPrompt({ model, tools: [{ name: 's/a' }] });
    expect(model.requests[1]?.messages.at(-1)).toMatchObject({
      role: 'user',
      content: expect.stringContaining('s__a'),
    });
    expect(outcome).toMatchObject({ response: 'Now.', turns: 3, error: null });
  });

  it('a second time is an answer, with a warning', async () => {
    const model = play([done(5, 23)], [done(5, 23)]);
    const { outcome, events } = await runPrompt({ model, tools: [{ name: 's/a' }] });
    expect(outcome).toMatchObject({ response: '', error: null });
    expect(ofType(events, 'log')).toMatchObject([{ message: 'The model gave an empty answer.' }]);
  });

  it('without tools, or cut at the limit, is not asked for again', async () => {
    expect((await runPrompt({ model: play([done(5, 23)]) })).outcome.turns).toBe(1);
    const cut = play([think('…'), done(5, 23, 'length')]);
    const { outcome } = await runPrompt({ model: cut, tools: [{ name: 's/a' }] });
    expect(outcome.turns).toBe(1);
  });
});
