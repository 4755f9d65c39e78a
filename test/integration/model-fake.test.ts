/** The fake keeps Ollama's rules; other tests rely on that. */
import { afterEach, describe, expect, it } from 'vitest';
import { createFetch } from '../../src/net/fetch.js';
import { startFakeOllama, type FakeOllama, type FakeOllamaOptions } from '../fakes/ollama/index.js';

const fetch = createFetch();
let fake: FakeOllama;
afterEach(() => fake.close());

async function start(options: FakeOllamaOptions = {}): Promise<void> {
  fake = await startFakeOllama(options);
}

async function post(body: unknown): Promise<{ status: number; lines: Record<string, unknown>[] }> {
  const response = await fetch(`${fake.url}/api/chat`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  const lines = text.split('\n').filter((line) => line !== '');
  return {
    status: response.status,
    lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

const hello = { model: 'llama3.1', messages: [{ role: 'user', content: 'Hi' }] };
const tool = (parameters: unknown) => ({
  ...hello,
  tools: [{ type: 'function', function: { name: 't', parameters } }],
});

describe('refusals', () => {
  it.each<[string, unknown, number, RegExp]>([
    ['no body', '', 400, /missing request body/],
    ['no JSON', 'x', 400, /invalid character 'x'/],
    ['no model', { messages: [] }, 400, /model is required/],
    ['an unknown model', { ...hello, model: 'x' }, 404, /model 'x' not found/],
    [
      'content as a list',
      { ...hello, messages: [{ role: 'user', content: [] }] },
      400,
      /content of type string/,
    ],
    ['a role that is no text', { ...hello, messages: [{ role: 5 }] }, 400, /role of type string/],
    [
      'bad base64',
      { ...hello, messages: [{ role: 'user', images: ['data:x'] }] },
      400,
      /illegal base64 data at input byte 4/,
    ],
    [
      'arguments as text',
      {
        ...hello,
        messages: [
          { role: 'assistant', tool_calls: [{ function: { name: 'a', arguments: '{}' } }] },
        ],
      },
      400,
      /ToolCallFunctionArguments/,
    ],
    ['a type array at the top', tool({ type: ['object'] }), 400, /parameters.type/],
    ['properties as a list', tool({ properties: [] }), 400, /map\[string\]api.ToolProperty/],
    ['required that is no list', tool({ required: true }), 400, /required/],
    ['a boolean property', tool({ properties: { a: true } }), 400, /api.ToolProperty/],
    ['an enum that is no list', tool({ properties: { a: { enum: 'x' } } }), 400, /enum/],
    [
      'a description that is no text',
      tool({ properties: { a: { description: {} } } }),
      400,
      /description/,
    ],
    ['anyOf of other things', tool({ properties: { a: { anyOf: ['x'] } } }), 400, /anyOf/],
    [
      'tools for a model without',
      { ...tool({}), model: 'gemma3' },
      400,
      /library\/gemma3:latest does not support tools/,
    ],
    [
      'thinking for a model without',
      { ...hello, think: true },
      400,
      /"llama3.1" does not support thinking/,
    ],
    ['an unknown think level', { ...hello, think: 'deep' }, 400, /invalid think value: "deep"/],
    [
      'an option of the wrong type',
      { ...hello, options: { num_ctx: '1' } },
      500,
      /must be of type integer/,
    ],
  ])('%s', async (_, body, status, error) => {
    await start();
    const answer = await post(body);
    expect(answer.status).toBe(status);
    expect(answer.lines[0]?.['error']).toMatch(error);
  });

  it('takes unknown keys, and anything inside items', async () => {
    await start();
    const odd = { properties: { a: { items: { $ref: 5, enum: 'x' }, const: 1 } }, $schema: [] };
    expect((await post({ ...tool(odd), unknown: 1 })).status).toBe(200);
  });
});

describe("llama3.1's template", () => {
  it('shows the tools only while the last message is from the user', async () => {
    await start();
    await post(tool({ properties: {} }));
    expect(fake.lastPrompt).toContain('"name":"t"');
    const messages = [
      ...hello.messages,
      { role: 'assistant', content: 'x' },
      { role: 'tool', content: 'r' },
    ];
    await post({ ...tool({}), messages });
    expect(fake.lastPrompt).not.toContain('"name":"t"');
    expect(fake.lastPrompt).toContain('ipython');
  });

  it('joins neighbours of one role by their content only', async () => {
    await start();
    const call = { function: { name: 'lost', arguments: {} } };
    const messages = [
      { role: 'assistant', content: 'one' },
      { role: 'assistant', content: 'two', tool_calls: [call] },
      ...hello.messages,
    ];
    await post({ ...hello, messages });
    expect(fake.lastPrompt).toContain('one\n\ntwo');
    expect(fake.lastPrompt).not.toContain('lost');
  });
});

describe('a prompt that is too long', () => {
  const long = {
    ...hello,
    messages: [
      { role: 'system', content: 'S' },
      { role: 'user', content: 'old '.repeat(2000) },
      { role: 'user', content: 'NEW' },
    ],
    model: 'qwen3:4b',
    options: { num_ctx: 1024 },
  };

  it('loses its oldest messages, but not the first and the last', async () => {
    await start();
    const { status, lines } = await post(long);
    expect(status).toBe(200);
    expect(lines.at(-1)?.['prompt_eval_count']).toBeLessThan(1024);
    expect(fake.lastPrompt).toMatch(/system\nS/);
    expect(fake.lastPrompt).toContain('NEW');
    expect(fake.lastPrompt).not.toContain('old');
  });

  it.each([
    ['llama-server', 514],
    ['go', 1024],
  ] as const)('is cut when that is not enough (%s: to %i tokens)', async (engine, left) => {
    await start({ engine });
    const messages = [{ role: 'user', content: 'x '.repeat(5000) }];
    const { lines } = await post({ ...long, messages });
    expect(lines.at(-1)?.['prompt_eval_count']).toBe(left);
  });

  it('is refused with truncate: false, from 0.12.6 on', async () => {
    await start();
    const { status, lines } = await post({ ...long, truncate: false });
    expect(status).toBe(400);
    expect(JSON.parse(String(lines[0]?.['error']))).toMatchObject({ error: { n_ctx: 1024 } });
    await fake.close();
    await start({ version: '0.12.5' });
    expect((await post({ ...long, truncate: false })).status).toBe(200);
  });
});

describe('one runner', () => {
  it('loads again when num_ctx changes', async () => {
    await start();
    for (const num_ctx of [2048, 2048, 4096]) await post({ ...hello, options: { num_ctx } });
    expect(fake.loads).toBe(2);
  });

  it('answers one request after another', async () => {
    await start();
    fake.script({ text: '1', startMs: 60 }, { text: '2' });
    const order: number[] = [];
    await Promise.all([
      post(hello).then(() => order.push(1)),
      expect
        .poll(() => fake.chats.length)
        .toBe(1)
        .then(() => post(hello))
        .then(() => order.push(2)),
    ]);
    expect(order).toEqual([1, 2]);
  });

  it('writes ids from 0.12.10 on', async () => {
    await start({ version: '0.12.9' });
    fake.script({ calls: [{ name: 'a' }] });
    const { lines } = await post(hello);
    expect(JSON.stringify(lines[0])).toContain('"tool_calls":[{"function"');
  });
});
