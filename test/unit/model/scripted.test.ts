import { describe, expect, it } from 'vitest';
import type { ChatMessage } from '../../../src/core/messages.js';
import { DEMO_PROMPT, DEMO_SCRIPT } from '../../../src/model/demo-script.js';
import { createModel } from '../../../src/model/index.js';
import { createScriptedModel } from '../../../src/model/scripted.js';
import type { Script } from '../../../src/model/script-types.js';
import type { Model, ModelChunk } from '../../../src/model/types.js';

const never = new AbortController().signal;
const user = (content: string): ChatMessage => ({ role: 'user', content });
const assistant = (content: string): ChatMessage => ({ role: 'assistant', content });
const result = (toolName: string, content: string): ChatMessage => ({
  role: 'tool',
  toolCallId: 'x',
  toolName,
  content,
});
const tools = ['math__add_numbers', 'math__say_hello'].map((name) => ({
  name,
  description: '',
  parameters: {},
}));

async function collect(model: Model, messages: ChatMessage[], signal = never) {
  const chunks: ModelChunk[] = [];
  for await (const chunk of model.chat({ messages, tools }, signal)) chunks.push(chunk);
  return chunks;
}

async function say(script: Script, messages: ChatMessage[]): Promise<string> {
  const chunks = await collect(createScriptedModel('t', script), messages);
  return chunks.map((chunk) => (chunk.type === 'text' ? chunk.text : '')).join('');
}

describe('the demo', () => {
  const demo = createScriptedModel('script:demo', { ...DEMO_SCRIPT, delay: 0 });

  it('calls both tools at once, then quotes what they returned', async () => {
    const first = await collect(demo, [user(DEMO_PROMPT)]);
    const calls = first.filter((chunk) => chunk.type === 'tool_call').map(({ call }) => call);
    expect(calls.map(({ name, arguments: args }) => [name, args])).toEqual([
      ['math__add_numbers', { number1: 2, number2: 3 }],
      ['math__say_hello', { name: 'Bob' }],
    ]);
    expect(new Set(calls.map(({ id }) => id)).size).toBe(2);
    const second = await collect(demo, [
      user(DEMO_PROMPT),
      { role: 'assistant', content: '', toolCalls: calls },
      result('math__add_numbers', '5'),
      result('math__say_hello', 'Hello, Bob!'),
    ]);
    const text = second.map((chunk) => (chunk.type === 'text' ? chunk.text : '')).join('');
    expect(text).toBe('The sum of 2 and 3, says the tool: 5. And for Bob: Hello, Bob!');
    expect(second.at(-1)).toMatchObject({ type: 'done', reason: 'stop' });
  });

  it('says that it is a script', async () => {
    expect(await say(DEMO_SCRIPT, [user('Who are you?')])).toContain('a script and not a model');
    expect((await demo.describe(never)).name).toBe('script:demo');
    expect((await createScriptedModel('bob', DEMO_SCRIPT).describe(never)).name).toBe('script:bob');
  });

  it('is what the name script:demo means', async () => {
    const model = createModel({
      name: 'script:demo',
      host: '',
      headers: [],
      insecure: false,
      options: {},
    });
    expect(model.name).toBe('script:demo');
    expect(await model.describe(never)).toMatchObject({ name: 'script:demo', tools: true });
    const chunks = await collect(model, [user(DEMO_PROMPT)]);
    expect(chunks.filter(({ type }) => type === 'tool_call')).toHaveLength(2);
  });
});

describe('which turn is taken', () => {
  it('without `when`: one after another, then the fallback', async () => {
    const script: Script = { turns: [{ say: 'A' }, { say: 'B' }], fallback: { say: 'F' } };
    const history = [user('1')];
    const answers: string[] = [];
    for (let turn = 0; turn < 3; turn += 1) {
      const answer = await say(script, history);
      answers.push(answer);
      history.push(assistant(answer), user('more'));
    }
    expect(answers).toEqual(['A', 'B', 'F']);
    expect(await say({ turns: [{ say: 'A' }] }, [user('1'), assistant('A')])).toContain(
      'nothing to say',
    );
  });

  it('with `when`: the first exchange that fits the prompt, from its start', async () => {
    const script: Script = {
      turns: [
        { say: 'other 1' },
        { say: 'other 2' },
        { when: 'Cats', say: 'cat 1' },
        { say: 'cat 2' },
        { when: 'dog', say: 'dog 1' },
      ],
      fallback: { say: 'F' },
    };
    const about = (content: string, ...after: ChatMessage[]) =>
      say(script, [user('x'), assistant('y'), user(content), ...after]);
    expect(await about('I like cats and dogs')).toBe('cat 1');
    expect(await about('cats', assistant(''), result('t', 'r'))).toBe('cat 2');
    expect(await about('cats', assistant(''), assistant(''))).toBe('F');
    expect(await about('A DOG')).toBe('dog 1');
    expect(await about('birds')).toBe('other 1');
    expect(await about('birds', assistant(''))).toBe('other 2');
  });
});

describe('what a turn does', () => {
  it('fills templates in text and arguments, and takes unknown tools as written', async () => {
    const script: Script = {
      turns: [
        {
          say: '{{prompt}}: {{ result.add_numbers }} {{result.none}} {{other}}',
          call: [
            {
              tool: 'nowhere',
              arguments: { list: ['{{result.add_numbers}}', 1, null], deep: { p: '{{prompt}}' } },
            },
          ],
        },
      ],
    };
    const chunks = await collect(createScriptedModel('t', script), [
      result('math__add_numbers', 'old'),
      result('math__add_numbers', '$& 5'),
      user('Q'),
    ]);
    const text = chunks.map((chunk) => (chunk.type === 'text' ? chunk.text : '')).join('');
    expect(text).toBe('Q: $& 5 (no result of none) {{other}}');
    expect(chunks.find(({ type }) => type === 'tool_call')).toMatchObject({
      call: { name: 'nowhere', arguments: { list: ['$& 5', 1, null], deep: { p: 'Q' } } },
    });
  });

  it('thinks, speaks word by word, and can be cut by the limit', async () => {
    const script: Script = { turns: [{ think: 'hm', say: 'one two three', stop: 'length' }] };
    const chunks = await collect(createScriptedModel('t', script), [user('?')]);
    expect(chunks.map((chunk) => ('text' in chunk ? chunk.text : chunk.type))).toEqual([
      'hm',
      'one ',
      'two ',
      'three',
      'done',
    ]);
    expect(chunks.at(-1)).toMatchObject({
      reason: 'length',
      usage: { outputTokens: 4, promptTokens: 1 },
    });
  });

  it('fails after what it said, calling nothing', async () => {
    const script: Script = {
      turns: [
        {
          say: 'so far',
          call: [{ tool: 'a', arguments: {} }],
          fail: { code: 'model_broke_off', message: 'Gone.' },
        },
      ],
    };
    const chunks: ModelChunk[] = [];
    const work = (async () => {
      const model = createScriptedModel('t', script);
      for await (const chunk of model.chat({ messages: [user('?')], tools }, never))
        chunks.push(chunk);
    })();
    await expect(work).rejects.toMatchObject({ code: 'model_broke_off', message: 'Gone.' });
    expect(chunks.map(({ type }) => type)).toEqual(['text', 'text']);
  });

  it('takes its time, and stops at once when told to', async () => {
    const script: Script = {
      delay: 20,
      turns: [
        { say: 'a b c', wait: 20 },
        { say: 'x', wait: 60_000 },
      ],
    };
    const model = createScriptedModel('t', script);
    const started = performance.now();
    await collect(model, [user('?')]);
    expect(performance.now() - started).toBeGreaterThan(70);
    const controller = new AbortController();
    const work = collect(model, [assistant('a b c')], controller.signal);
    controller.abort();
    await expect(work).rejects.toMatchObject({ code: 'interrupted' });
    await expect(collect(model, [user('?')], controller.signal)).rejects.toMatchObject({
      code: 'interrupted',
    });
  });
});
