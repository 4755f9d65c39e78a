import { mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createSessionStore } from '../../src/app/sessions/store.js';
import type { AgentEvent } from '../../src/core/events.js';
import { remote } from '../servers/definitions.js';
import { startDesk } from '../servers/desk.js';
import { PNG } from '../servers/sample-tools.js';
import { collect, ofType, resultOf, startChat, type Setup } from '../support/chat-engine.js';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

async function chat(setup?: Setup) {
  const fixture = await startChat(setup);
  stops.push(fixture.close);
  return fixture;
}

const soon = () => AbortSignal.timeout(20_000);
const say = (text: string) => ({ text });

describe('the conversation', () => {
  it('is taken back by prompts, and said again', async () => {
    const { chat: it, prompt, fake } = await chat({ turns: ['1', '2', '3'].map(say) });
    await prompt('first');
    const second = await prompt('second');
    expect(it.conversation.undo()).toBe('second');
    expect(it.conversation.prompts()).toEqual(['first']);
    expect(it.conversation.answers()).toEqual(['1']);
    const again = await prompt('second');
    expect(fake.chats[2]?.messages.map(({ content }) => content)).toEqual(['first', '1', 'second']);
    expect(idsOf(again).some((id) => idsOf(second).includes(id))).toBe(false);
    expect([it.conversation.undo(), it.conversation.undo(), it.conversation.undo()]).toEqual([
      'second',
      'first',
      undefined,
    ]);
  });

  it('becomes a summary, and a short last exchange stays as it was', async () => {
    const {
      chat: it,
      prompt,
      fake,
    } = await chat({
      settings: { system: 'Be brief.' },
      turns: [say('One.'), say('Two.'), say('  They counted. '), say('Three.')],
    });
    await prompt(`first ${'word '.repeat(2000)}`);
    await prompt('second');
    const before = await it.conversation.context(soon());
    expect(before.counted).toBeGreaterThan(0);
    expect(await it.conversation.compact('keep the numbers', soon())).toBe('They counted.');
    const asked = fake.chats[2];
    expect(asked?.tools).toEqual([]);
    expect(asked?.messages.map(({ role }) => role)).toEqual(['system', 'user']);
    expect(asked?.messages[1]?.content).toContain('User: first word');
    expect(asked?.messages[1]?.content).toContain('keep the numbers');
    expect(asked?.messages[1]?.content).not.toContain('second');
    expect(it.conversation.messages().map(({ role, content }) => [role, content])).toEqual([
      ['system', 'Be brief.'],
      ['user', '[Summary of the conversation so far]\nThey counted.\n[End of the summary]'],
      ['user', 'second'],
      ['assistant', 'Two.'],
    ]);
    const after = await it.conversation.context(soon());
    expect(after.history).toBeLessThan(before.history / 10);
    expect(after.counted).toBe(0);
    expect(it.conversation.prompts()).toEqual(['second']);
    expect(resultOf(await prompt('third')).response).toBe('Three.');
  });

  it('is not touched by a summary that fails or is interrupted', async () => {
    const { chat: it, prompt } = await chat({
      turns: [say('One.'), say('   '), { end: 'silence', text: 'The' }],
    });
    await expect(it.conversation.compact(undefined, soon())).rejects.toMatchObject({
      code: 'usage',
    });
    await prompt('first');
    const before = [...it.conversation.messages()];
    await expect(it.conversation.compact(undefined, soon())).rejects.toMatchObject({
      code: 'model_failed',
    });
    const working = it.conversation.compact(undefined, soon());
    expect(resultOf(await prompt('second')).error?.code).toBe('usage');
    it.abort(new Error('Esc'));
    await expect(working).rejects.toMatchObject({ code: 'interrupted' });
    expect(it.conversation.messages()).toEqual(before);
  });

  it('tells its parts, corrected by what the model counted', async () => {
    const server = await startDesk();
    stops.push(server.close);
    const { chat: it, prompt } = await chat({
      servers: [remote(server.sseUrl, { id: 'desk' })],
      settings: { system: 'Be brief.', approval: { mode: 'auto', allow: [], deny: [] } },
      turns: [
        { calls: [{ name: 'desk__note', arguments: { text: 'x'.repeat(700) } }] },
        { text: 'Done.', promptTokens: 3000, outputTokens: 7 },
      ],
    });
    expect(await it.conversation.context(soon())).toMatchObject({ counted: 0, results: 0 });
    await prompt('Go');
    const parts = await it.conversation.context(soon());
    expect(parts).toMatchObject({ counted: 3007, window: 8192 });
    for (const part of ['system', 'tools', 'history', 'results'] as const) {
      expect(parts[part]).toBeGreaterThan(0);
    }
    expect(parts.total).toBe(parts.system + parts.tools + parts.history + parts.results);
    expect(parts.total).toBeGreaterThan(2500);
    expect(it.info).toMatchObject({ usedTokens: 3007, contextTokens: 8192 });
    expect(it.conversation.stats()).toMatchObject({ prompts: 1, turns: 2, toolCalls: 1 });
  });

  it('puts attachments under their names, and the messages of a prompt in its place', async () => {
    const { chat: it, prompt, fake } = await chat({ turns: ['1', '2'].map(say) });
    const text = 'a\n```\nb\u{e0041}';
    const events = await prompt({
      text: 'Look',
      attachments: [{ kind: 'text', name: 'notes\n.md', text }],
    });
    expect(events[1]).toMatchObject({ type: 'message', content: 'Look' });
    expect(fake.chats[0]?.messages[0]?.content).toBe(
      'Look\n\n[Attached: notes .md]\n````\na\n```\nb\n````',
    );
    await prompt({
      text: '/desk:review',
      messages: [
        { role: 'user', text: 'Review it' },
        { role: 'assistant', text: 'What?' },
        { role: 'user', text: 'All.' },
      ],
    });
    const sent = fake.chats[1]?.messages.map(({ role, content }) => [role, content]);
    expect(sent?.slice(2)).toEqual([
      ['user', 'Review it'],
      ['assistant', 'What?'],
      ['user', 'All.'],
    ]);
    expect(it.conversation.undo()).toBe('/desk:review');
    expect(it.conversation.messages()).toHaveLength(2);
  });

  it('sends images to a model that sees, and keeps them from one that does not', async () => {
    const image = { data: Buffer.from(PNG, 'base64'), mimeType: 'image/png' };
    const attachments = [{ kind: 'image', name: 'a.png', image } as const];
    const { chat: it, prompt, fake } = await chat({ turns: ['1', '2'].map(say) });
    const refused = await prompt({ text: 'What is it?', attachments });
    expect(resultOf(refused).error?.message).toBe('llama3.1 cannot look at images.');
    it.conversation.undo();
    await it.model.use('gemma3', soon());
    await prompt({ text: 'What is it?', attachments });
    expect(fake.chats[0]?.messages[0]?.images).toEqual([PNG]);
    await it.model.use('llama3.1', soon());
    await prompt('And now?');
    expect(fake.chats[1]?.messages[0]?.images).toEqual([]);
    expect(fake.chats[1]?.messages[0]?.content).toBe('What is it?');
  });

  it('exports itself under a title', async () => {
    const { chat: it, prompt } = await chat({ turns: [say('1')] });
    await prompt('What is up?\nReally');
    expect(JSON.parse(it.conversation.export('json'))).toMatchObject({
      format: 'json',
      head: { id: it.info.sessionId, title: 'What is up?', model: 'llama3.1' },
    });
  });
});

describe('the model', () => {
  it('is changed, and the conversation stays', async () => {
    const { chat: it, prompt, fake } = await chat({ turns: ['1', '2'].map(say) });
    await prompt('first');
    await expect(it.model.use('lama3.1', soon())).rejects.toMatchObject({ code: 'model_missing' });
    expect(it.model.name).toBe('llama3.1');
    expect(await it.model.use('ollama/qwen3:4b', soon())).toMatchObject({ thinking: true });
    expect(it.info).toMatchObject({ model: 'qwen3:4b', usedTokens: 0 });
    await prompt('second');
    expect(fake.chats[1]).toMatchObject({ model: 'qwen3:4b' });
    expect(fake.chats[1]?.messages).toHaveLength(3);
    expect((await it.model.list(soon())).map(({ name }) => name)).toContain('gemma3:latest');
  });

  it('that has no tools can still be talked to', async () => {
    const server = await startDesk();
    stops.push(server.close);
    const {
      chat: it,
      prompt,
      fake,
    } = await chat({
      servers: [remote(server.sseUrl, { id: 'desk' })],
      turns: ['1', '2'].map(say),
    });
    await it.model.use('gemma3', soon());
    const first = await prompt('Hi');
    expect(ofType(first, 'log').map(({ message }) => message)).toEqual([
      'gemma3 cannot call tools, so it is offered none.',
    ]);
    expect(ofType(await prompt('Hi'), 'log')).toEqual([]);
    expect(fake.chats[1]?.tools).toEqual([]);
  });

  it('is asked with the parameters that are set', async () => {
    const {
      chat: it,
      prompt,
      fake,
    } = await chat({
      turns: ['1', '2'].map(say),
      settings: { system: 'Be brief.' },
      ollama: {},
    });
    await it.model.use('qwen3:4b', soon());
    const set = Object.entries({
      num_ctx: '16384',
      keep_alive: '10m',
      temperature: '0.2',
      top_k: '3',
      stop: '["a", "b"]',
      use_mmap: 'off',
    });
    for (const [name, value] of set) it.model.setParameter(name, value);
    it.model.setThink('low');
    it.model.setSystem('Be long.');
    await prompt('Hi');
    expect(fake.chats[0]).toMatchObject({
      think: 'low',
      keep_alive: '10m',
      options: { num_ctx: 16_384, temperature: 0.2, top_k: 3, stop: ['a', 'b'], use_mmap: false },
    });
    expect(fake.chats[0]?.messages[0]).toMatchObject({ role: 'system', content: 'Be long.' });
    expect(it.info).toMatchObject({ think: 'low', contextTokens: 16_384 });
    for (const [name] of set) it.model.setParameter(name, undefined);
    expect(it.model.parameters()).toEqual({});
    it.model.setThink(undefined);
    it.model.setSystem(undefined);
    await prompt('Hi');
    expect(fake.chats[1]).not.toHaveProperty('think');
    expect(fake.chats[1]?.messages[0]?.role).toBe('user');
  });

  it.each([
    ['temprature', '1', 'Ollama has no parameter "temprature"; did you mean "temperature"?.'],
    ['top_k', 'many', 'top_k: not a number (got "many").'],
    ['num_ctx', '0', 'num_ctx: must be at least 1 (got "0").'],
    ['use_mmap', 'perhaps', 'use_mmap: must be true or false (got "perhaps").'],
  ])('takes no %s %s', async (name, value, message) => {
    const { chat: it } = await chat();
    expect(() => it.model.setParameter(name, value)).toThrow(
      expect.objectContaining({ code: 'usage', message }),
    );
  });

  it('may be away when the chat begins', async () => {
    const { chat: it, prompt, fake } = await chat({ turns: [say('Here.')] });
    const { port } = fake;
    await fake.close();
    const first = await prompt('Hi');
    expect(resultOf(first).error?.code).toBe('model_unreachable');
    expect(it.conversation.undo()).toBe('Hi');
    const { startFakeOllama } = await import('../fakes/ollama/index.js');
    const again = await startFakeOllama({ port });
    stops.push(again.close);
    again.script(say('Here.'));
    expect(resultOf(await prompt('Hi')).response).toBe('Here.');
  });

  it('may be a script', async () => {
    const { prompt } = await chat({
      settings: {
        model: {
          name: 'script:demo',
          host: 'http://127.0.0.1:1',
          headers: [],
          insecure: false,
          options: {},
        },
      },
    });
    expect(resultOf(await prompt('Hi')).error).toBeNull();
  });
});

describe('sessions', () => {
  it('are kept, renamed, left and gone on with', async () => {
    const dir = await mkdtemp(path.join(os.tmpdir(), 'ostler-sessions-'));
    const sessions = createSessionStore({ dir: path.join(dir, 's'), cwd: dir });
    const setup = { home: dir, settings: { system: 'Be brief.' }, options: { sessions } };
    const first = await chat({ ...setup, turns: ['1', '2', '3'].map(say) });
    const { sessionId } = first.chat.info;
    await first.prompt({
      text: 'one',
      attachments: [{ kind: 'text', name: 'a.txt', text: 'inside' }],
    });
    expect(await first.chat.sessions.list()).toMatchObject([{ title: 'one', prompts: 1 }]);
    await first.chat.sessions.rename('numbers');
    await first.prompt('two');
    first.chat.conversation.undo();
    first.chat.sessions.startNew();
    expect(first.chat.info).not.toMatchObject({ sessionId });
    expect(first.chat.info).not.toHaveProperty('sessionName');
    expect(first.chat.conversation.messages()).toEqual([{ role: 'system', content: 'Be brief.' }]);
    await first.prompt('other');
    await first.chat.close();

    const resume = await sessions.open('numbers');
    const second = await chat({ ...setup, turns: [say('4')], options: { sessions, resume } });
    expect(second.chat.info).toMatchObject({ sessionId, sessionName: 'numbers' });
    expect(second.chat.conversation.prompts()).toEqual(['one']);
    expect(second.chat.conversation.answers()).toEqual(['1']);
    await second.prompt('four');
    expect(second.fake.chats[0]?.messages.map(({ content }) => content)).toEqual([
      'Be brief.',
      'one\n\n[Attached: a.txt]\n```\ninside\n```',
      '1',
      'four',
    ]);
    const listed = await second.chat.sessions.list();
    expect(listed).toHaveLength(2);
    const other = listed.find(({ title }) => title === 'other');
    await second.chat.sessions.resume(other?.id ?? '');
    expect(second.chat.conversation.prompts()).toEqual(['other']);
    await second.chat.sessions.resume(sessionId);
    expect(second.chat.conversation.prompts()).toEqual(['one', 'four']);
  });

  it('can be left out', async () => {
    const { chat: it, prompt } = await chat({ turns: [say('1')] });
    await prompt('one');
    expect(await it.sessions.list()).toEqual([]);
    await expect(it.sessions.resume('x')).rejects.toMatchObject({ code: 'usage' });
    await expect(it.sessions.rename(' ')).rejects.toMatchObject({ code: 'usage' });
    await it.sessions.rename('named');
    expect(it.info.sessionName).toBe('named');
    it.sessions.startNew();
    expect(it.conversation.prompts()).toEqual([]);
  });
});

describe('a long session', () => {
  it('costs no more of our time in turn 1,000 than in turn 10', async () => {
    const home = await mkdtemp(path.join(os.tmpdir(), 'ostler-long-'));
    const script = path.join(home, 'script.yaml');
    await writeFile(script, 'turns: []\nfallback: { say: Yes. }\n');
    const { chat: it } = await chat({
      home,
      settings: {
        model: {
          name: `script:${script}`,
          host: 'http://127.0.0.1:1',
          headers: [],
          insecure: false,
          options: {},
        },
      },
    });
    const times: number[] = [];
    for (let turn = 0; turn < 1000; turn += 1) {
      const started = performance.now();
      await collect(it.send({ text: `Prompt ${turn} ${'word '.repeat(200)}` }));
      times.push(performance.now() - started);
    }
    const median = (from: number) =>
      times.slice(from, from + 51).toSorted((a, b) => a - b)[25] ?? Infinity;
    expect(median(940)).toBeLessThan(median(10) + 15);
  });
});

function idsOf(events: readonly AgentEvent[]): string[] {
  return ofType(events, 'message').map(({ id }) => id);
}
