import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OstlerError } from '../../src/core/errors.js';
import { delay } from '../../src/core/wait.js';
import { createOllamaModel } from '../../src/model/ollama.js';
import type { ChatRequest, Model, ModelChunk } from '../../src/model/types.js';
import { startFakeOllama, type FakeOllama, type FakeOllamaOptions } from '../fakes/ollama/index.js';
import { modelSettings } from '../fakes/ollama/settings.js';

const never = new AbortController().signal;
const ask: ChatRequest = { messages: [{ role: 'user', content: 'Hi' }], tools: [] };
const weather = {
  name: 'w__get_weather',
  description: 'The weather',
  parameters: { type: 'object', properties: { city: { type: 'string' } } },
};

let fake: FakeOllama;
const running: FakeOllama[] = [];
const printed = vi.fn();

async function start(options: FakeOllamaOptions = {}): Promise<FakeOllama> {
  fake = await startFakeOllama(options);
  running.push(fake);
  return fake;
}

beforeEach(() => {
  for (const method of ['log', 'warn', 'error', 'info'] as const) {
    vi.spyOn(console, method).mockImplementation(printed);
  }
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.close()));
  expect(printed).not.toHaveBeenCalled();
  printed.mockReset();
  vi.restoreAllMocks();
});

async function collect(model: Model, request = ask, signal = never): Promise<ModelChunk[]> {
  const chunks: ModelChunk[] = [];
  for await (const chunk of model.chat(request, signal)) chunks.push(chunk);
  return chunks;
}

function textOf(chunks: readonly ModelChunk[], type: 'text' | 'thinking' = 'text'): string {
  return chunks.map((chunk) => (chunk.type === type ? chunk.text : '')).join('');
}

async function failureOf(work: Promise<unknown>): Promise<OstlerError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(OstlerError);
  return error as OstlerError;
}

describe('the request', () => {
  it('carries what the settings say, and never lets the prompt be cut', async () => {
    await start();
    const model = createOllamaModel(
      modelSettings(fake.url, {
        name: 'qwen3:4b',
        think: 'high',
        keepAlive: '10m',
        options: { temperature: 0.2, seed: 7 },
        format: { type: 'object' },
        headers: [
          ['X-Team', 'blue'],
          ['Authorization', 'Bearer model-secret'],
        ],
      }),
    );
    await collect(model, { ...ask, numCtx: 8192 });
    const [request] = fake.requests;
    expect(request?.path).toBe('/api/chat');
    expect(request?.body).toEqual({
      model: 'qwen3:4b',
      messages: [{ role: 'user', content: 'Hi' }],
      stream: true,
      truncate: false,
      think: 'high',
      keep_alive: '10m',
      format: { type: 'object' },
      options: { temperature: 0.2, seed: 7, num_ctx: 8192 },
    });
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json',
      'x-team': 'blue',
      authorization: 'Bearer model-secret',
    });
    expect(request?.headers['user-agent']).toMatch(/^ostler\//);
  });

  it("lets the user's num_ctx win, and headers of the user's replace ours", async () => {
    await start();
    const settings = modelSettings(fake.url, { numCtx: 2048, headers: [['User-Agent', 'mine']] });
    await collect(createOllamaModel(settings), { ...ask, numCtx: 8192 });
    expect(fake.chats[0]?.options).toEqual({ num_ctx: 2048 });
    expect(fake.requests[0]?.headers['user-agent']).toBe('mine');
  });

  it('takes a path and credentials in the URL, and shows neither', async () => {
    await start({
      intercept: ({ path }) => (path.startsWith('/ollama/') ? undefined : { status: 404 }),
    });
    const host = fake.url.replace('//', '//user:pass-word@');
    const model = createOllamaModel(modelSettings(`${host}/ollama/`));
    const error = await failureOf(collect(model));
    expect(fake.requests[0]?.path).toBe('/ollama/api/chat');
    expect(fake.requests[0]?.headers.authorization).toBe(`Basic ${btoa('user:pass-word')}`);
    expect(`${error.message} ${error.hint}`).not.toMatch(/pass-word|user/);
  });

  it.each([
    ['off', false],
    ['on', true],
    ['low', 'low'],
    ['max', 'max'],
  ] as const)('maps think %s', async (think, expected) => {
    await start();
    await collect(createOllamaModel(modelSettings(fake.url, { name: 'qwen3:4b', think })));
    expect(fake.chats[0]?.think).toBe(expected);
  });

  it('maps every kind of message', async () => {
    await start();
    const image = {
      data: Uint8Array.from([0, 255, 128, 62, 63]).subarray(1),
      mimeType: 'image/png',
    };
    await collect(createOllamaModel(modelSettings(fake.url)), {
      tools: [weather],
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Look', images: [image] },
        {
          role: 'assistant',
          content: '',
          thinking: 'hm',
          toolCalls: [{ id: 'call_1', name: weather.name, arguments: { city: 'Bonn' } }],
        },
        { role: 'tool', content: '9 °C', toolCallId: 'call_1', toolName: weather.name },
      ],
    });
    expect(fake.requests[0]?.body).toMatchObject({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Look', images: ['/4A+Pw=='] },
        {
          role: 'assistant',
          content: '',
          thinking: 'hm',
          tool_calls: [
            { id: 'call_1', function: { name: weather.name, arguments: { city: 'Bonn' } } },
          ],
        },
        { role: 'tool', content: '9 °C', tool_name: weather.name, tool_call_id: 'call_1' },
      ],
      tools: [{ type: 'function', function: { name: weather.name, description: 'The weather' } }],
    });
  });

  it('sends text that looks like a file name as text', async () => {
    await start();
    await collect(createOllamaModel(modelSettings(fake.url)), {
      tools: [],
      messages: [{ role: 'user', content: '/etc/hostname' }],
    });
    expect(fake.requests[0]?.body).toMatchObject({ messages: [{ content: '/etc/hostname' }] });
  });
});

describe('the answer', () => {
  it('keeps thinking before text, and reads the counters', async () => {
    await start();
    fake.script({
      thinking: ['Let ', 'me'],
      text: ['He', 'llo <b> & co'],
      promptTokens: 26,
      outputTokens: 9,
    });
    const chunks = await collect(createOllamaModel(modelSettings(fake.url, { name: 'qwen3:4b' })));
    expect(textOf(chunks, 'thinking')).toBe('Let me');
    expect(textOf(chunks)).toBe('Hello <b> & co');
    expect(chunks.findIndex(({ type }) => type === 'text')).toBeGreaterThan(
      chunks.findLastIndex(({ type }) => type === 'thinking'),
    );
    expect(chunks.at(-1)).toEqual({
      type: 'done',
      reason: 'stop',
      usage: { promptTokens: 26, outputTokens: 9, evalMs: 9, loadMs: expect.any(Number) as number },
    });
  });

  it.each(['chunk', 'each', 'first', 'done'] as const)('finds tool calls (%s)', async (callsIn) => {
    await start();
    fake.script({
      text: 'Wait',
      calls: [
        { name: 'a', arguments: { x: 1 } },
        { name: 'b', arguments: {} },
      ],
      callsIn,
    });
    const chunks = await collect(createOllamaModel(modelSettings(fake.url)));
    const calls = chunks.filter((chunk) => chunk.type === 'tool_call').map(({ call }) => call);
    expect(calls.map(({ name, arguments: args }) => [name, args])).toEqual([
      ['a', { x: 1 }],
      ['b', {}],
    ]);
    expect(new Set(calls.map(({ id }) => id)).size).toBe(2);
    expect(textOf(chunks)).toBe('Wait');
  });

  it('makes ids where the model gives none, or the same twice; reads arguments sent as text', async () => {
    await start();
    fake.script(
      {
        calls: [
          { name: 'a', id: null },
          { name: 'a', id: null, arguments: '{"x":[1]}' },
        ],
      },
      {
        calls: [
          { name: 'a', id: 'same' },
          { name: 'a', id: 'same' },
          { name: 'a', id: '\u001b[2J' },
        ],
      },
    );
    const model = createOllamaModel(modelSettings(fake.url));
    const all = [...(await collect(model)), ...(await collect(model))];
    const calls = all.filter((chunk) => chunk.type === 'tool_call').map(({ call }) => call);
    expect(calls[1]?.arguments).toEqual({ x: [1] });
    expect(calls).toHaveLength(5);
    expect(new Set(calls.map(({ id }) => id)).size).toBe(5);
    for (const { id } of calls) expect(id).toMatch(/^[\w.:-]+$/);
  });

  it('tells an answer that was cut by the limit', async () => {
    await start();
    fake.script({ text: 'half', doneReason: 'length' });
    const chunks = await collect(createOllamaModel(modelSettings(fake.url)));
    expect(chunks.at(-1)).toMatchObject({ type: 'done', reason: 'length' });
  });

  it('puts characters together that network chunks cut', async () => {
    await start();
    const text = 'äöü 漢字 👩‍👩‍👧 𝒳 ñ';
    fake.script({ text: Array.from(text), bytesPerWrite: 7 });
    expect(textOf(await collect(createOllamaModel(modelSettings(fake.url))))).toBe(text);
  });

  it('passes 20,000 tokens on complete, in pieces of the network and not one by one', async () => {
    await start();
    const tokens = Array.from({ length: 20_000 }, (_, at) => `t${at} `);
    fake.script({ thinking: 'hm', text: tokens, linesPerWrite: 64, calls: [{ name: 'a' }] });
    const chunks = await collect(createOllamaModel(modelSettings(fake.url, { name: 'qwen3:4b' })));
    expect(textOf(chunks)).toBe(tokens.join(''));
    expect(chunks.length).toBeLessThan(2000);
    expect(chunks.slice(-2).map(({ type }) => type)).toEqual(['tool_call', 'done']);
  });

  it('uses one connection for describing and several turns', async () => {
    await start();
    const model = createOllamaModel(modelSettings(fake.url));
    await model.describe(never);
    for (let turn = 0; turn < 3; turn += 1) {
      await collect(model);
      await delay(20);
    }
    expect(new Set(fake.requests.map(({ clientPort }) => clientPort)).size).toBe(1);
  });

  it('shows each piece as it comes', async () => {
    await start();
    fake.script({ text: ['a', 'b', 'c'], writeMs: 30 });
    const chunks = await collect(createOllamaModel(modelSettings(fake.url)));
    expect(chunks.filter(({ type }) => type === 'text')).toHaveLength(3);
  });
});

describe('stopping', () => {
  it('closes the request before the first token', async () => {
    await start();
    fake.script({ startMs: 20_000, text: 'late' });
    const controller = new AbortController();
    const work = failureOf(
      collect(createOllamaModel(modelSettings(fake.url)), ask, controller.signal),
    );
    await vi.waitFor(() => expect(fake.chats).toHaveLength(1));
    const aborted = performance.now();
    controller.abort();
    expect((await work).code).toBe('interrupted');
    await fake.requests[0]?.over;
    expect(fake.requests[0]?.disconnected).toBe(true);
    expect(performance.now() - aborted).toBeLessThan(3000);
  });

  it('closes it in mid-answer, with the reason of the signal', async () => {
    await start();
    fake.script({ text: ['a'], end: 'silence' });
    const controller = new AbortController();
    const reason = new OstlerError('timeout', 'Too slow.');
    const chunks: ModelChunk[] = [];
    const work = (async () => {
      for await (const chunk of createOllamaModel(modelSettings(fake.url)).chat(
        ask,
        controller.signal,
      )) {
        chunks.push(chunk);
        controller.abort(reason);
      }
    })();
    expect(await failureOf(work)).toBe(reason);
    await fake.requests[0]?.over;
    expect(fake.requests[0]?.disconnected).toBe(true);
    expect(textOf(chunks)).toBe('a');
  });

  it('closes it when the consumer leaves', async () => {
    await start();
    fake.script({ text: Array.from({ length: 5000 }, () => 'x'), writeMs: 1 });
    for await (const chunk of createOllamaModel(modelSettings(fake.url)).chat(ask, never)) {
      expect(chunk.type).toBe('text');
      break;
    }
    await fake.requests[0]?.over;
    expect(fake.requests[0]?.disconnected).toBe(true);
  });

  it('does not even dial with a signal that has fired', async () => {
    await start();
    const model = createOllamaModel(modelSettings(fake.url));
    expect((await failureOf(collect(model, ask, AbortSignal.abort()))).code).toBe('interrupted');
    expect((await failureOf(model.describe(AbortSignal.abort()))).code).toBe('interrupted');
    expect(fake.requests).toHaveLength(0);
  });
});

describe('an answer that ends badly', () => {
  it.each([
    ['the end without the final line', { end: 'eof' as const }, 'model_broke_off'],
    ['a reset', { end: 'reset' as const }, 'model_broke_off'],
    ['a reset in mid-line', { end: 'half-line' as const }, 'model_broke_off'],
    [
      'an error in the stream',
      { end: { error: 'an error was encountered: CUDA error' } },
      'model_failed',
    ],
  ])('%s: what came is kept, its tool calls are not', async (_, ending, code) => {
    await start();
    fake.script({ text: 'So far', calls: [{ name: 'a' }], ...ending });
    const chunks: ModelChunk[] = [];
    const work = (async () => {
      for await (const chunk of createOllamaModel(modelSettings(fake.url)).chat(ask, never))
        chunks.push(chunk);
    })();
    const error = await failureOf(work);
    expect(error.code).toBe(code);
    expect(textOf(chunks)).toBe('So far');
    expect(chunks.some(({ type }) => type === 'tool_call' || type === 'done')).toBe(false);
  });

  it('quotes the error of the stream', async () => {
    await start();
    fake.script({ text: 'x', end: { error: 'CUDA error \u001b[31m\nsecond line' } });
    const error = await failureOf(collect(createOllamaModel(modelSettings(fake.url))));
    expect(error.message).toBe('The model failed in mid-answer: CUDA error \\x1b[31m second line');
  });

  it.each([
    ['no JSON', ['{"model":"m"', 'nonsense']],
    ['a number', ['5']],
    ['null', ['null']],
  ])('a line that is %s', async (_, lines) => {
    await start();
    fake.script({ lines });
    expect((await failureOf(collect(createOllamaModel(modelSettings(fake.url))))).code).toBe(
      'model_failed',
    );
  });

  it('survives lines of any other shape', async () => {
    await start();
    fake.script({
      lines: [
        '',
        '{}',
        '{"message":null}',
        '{"message":{"content":5,"tool_calls":[1,{"function":null}]}}',
        '{"done":true}',
      ],
    });
    const chunks = await collect(createOllamaModel(modelSettings(fake.url)));
    expect(chunks.map(({ type }) => type)).toEqual(['tool_call', 'done']);
  });
});
