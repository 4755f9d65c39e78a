import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import type { ChatAsks } from '../../src/core/chat.js';
import type { ElicitationRequest, SamplingReview } from '../../src/core/asks.js';
import { createDeferred } from '../../src/core/deferred.js';
import { local } from '../servers/definitions.js';
import { EVERYTHING } from '../servers/peers.js';
import { ofType, resultOf, startChat, until, type Setup } from '../support/chat-engine.js';
import { endKept, kept } from '../support/kept.js';

/** What servers ask of a chat, with a person there. */
const ASKING = path.join(import.meta.dirname, '../servers/asking.mjs');
afterEach(endKept);

const soon = () => AbortSignal.timeout(20_000);
const call = (name: string, args: Record<string, unknown> = {}) => ({ name, arguments: args });
const everything = { ...local(process.execPath, [EVERYTHING, 'stdio']), id: 'all' };
const asking = (id = 'asking') => ({ ...local(process.execPath, [ASKING]), id });
const allowed = { approval: { mode: 'auto', allow: [], deny: [] } } as const;
const FORM = {
  method: 'elicitation/create',
  params: {
    message: 'Who?',
    requestedSchema: { type: 'object', properties: { name: { type: 'string' } } },
  },
};

async function chat({ options, ...setup }: Setup, asks: Partial<ChatAsks> = {}) {
  const fixture = await kept(
    startChat({ settings: allowed, ...setup, options: { ...asks, ...options } }),
  );
  const { chat: it } = fixture;
  const count = setup.servers?.length ?? 0;
  await until(
    () => it.servers.list().filter(({ status }) => status === 'connected').length === count,
    'servers',
  );
  return { ...fixture, it };
}

describe('a form in the chat', () => {
  it('is filled in by the person; only the tool says what they wrote', async () => {
    const asked: ElicitationRequest[] = [];
    const { prompt, heard } = await chat(
      {
        servers: [everything],
        turns: [{ calls: [call('all__trigger-elicitation-request')] }, { text: 'Done.' }],
      },
      {
        elicit: async (request) => {
          asked.push(request);
          return { action: 'accept', content: { name: 'Ada-of-the-form' } };
        },
      },
    );
    const events = await prompt('Go');
    expect(asked).toMatchObject([{ server: 'all', mode: 'form' }]);
    expect(ofType(events, 'tool_result')[0]?.output).toContain('Ada-of-the-form');
    const [use] = ofType(events, 'tool_use');
    expect(ofType(heard, 'elicitation')).toMatchObject([
      { id: asked[0]?.id, tool_id: use?.tool_id },
    ]);
    expect(ofType(heard, 'elicitation_result')).toMatchObject([
      { id: asked[0]?.id, action: 'accept', source: 'user' },
    ]);
    expect(JSON.stringify(heard)).not.toContain('Ada-of-the-form');
  });

  it('waits for its turn behind other servers and behind calls that want a yes', async () => {
    let open = 0;
    let most = 0;
    const order: string[] = [];
    const take = async (what: string) => {
      open += 1;
      most = Math.max(most, open);
      order.push(what);
      await new Promise((resolve) => {
        setTimeout(resolve, 30);
      });
      open -= 1;
    };
    const servers = ['one', 'two', 'three'];
    const { prompt, fake } = await chat(
      {
        servers: servers.map(asking),
        settings: { approval: { mode: 'ask', allow: ['one/*', 'two/*'], deny: [] } },
        turns: [{ calls: servers.map((id) => call(`${id}__ask`, FORM)) }, { text: 'Done.' }],
        answer: async ({ server }) => {
          await take(`approve ${server}`);
          return { kind: 'once' };
        },
      },
      {
        elicit: async ({ server }) => {
          await take(server);
          return { action: 'decline' };
        },
      },
    );
    const events = await prompt('Go');
    expect(resultOf(events)).toMatchObject({ error: null, response: 'Done.' });
    expect(most).toBe(1);
    expect(order.toSorted()).toEqual(['approve three', 'one', 'three', 'two']);
    expect(fake.chats).toHaveLength(2);
  });

  it('is called off when the prompt is interrupted, and when its server goes', async () => {
    const asked = [createDeferred<AbortSignal>(), createDeferred<AbortSignal>()];
    let count = 0;
    const { it, prompt, heard } = await chat(
      {
        servers: [asking()],
        turns: [
          { calls: [call('asking__ask', FORM)] },
          { calls: [call('asking__ask', FORM)] },
          { text: 'It went away.' },
        ],
      },
      {
        elicit: (_, signal) => {
          asked[count]?.resolve(signal);
          count += 1;
          return new Promise(() => {});
        },
      },
    );
    const first = prompt('Go');
    const signal = await asked[0]!.promise;
    it.abort(new Error('Esc'));
    await first;
    await until(() => signal.aborted, 'the question is called off');
    const second = prompt('Go');
    const other = await asked[1]!.promise;
    await it.servers.disconnect('asking');
    await second;
    await until(() => other.aborted, 'the question is called off');
    await until(() => ofType(heard, 'elicitation_result').length === 2, 'both are over');
    expect(ofType(heard, 'elicitation_result')).toMatchObject([
      { action: 'cancel', source: 'policy' },
      { action: 'cancel', source: 'policy' },
    ]);
  });

  it('is declined where the screen cannot ask', async () => {
    const { prompt, heard } = await chat({
      servers: [asking()],
      turns: [{ calls: [call('asking__ask', FORM)] }, { text: 'Done.' }],
    });
    await prompt('Go');
    expect(ofType(heard, 'elicitation_result')).toMatchObject([{ action: 'decline' }]);
  });
});

describe('the model of the chat', () => {
  const wants = {
    method: 'sampling/createMessage',
    params: {
      maxTokens: 1_000_000,
      systemPrompt: 'You are a poet.',
      messages: [{ role: 'user', content: { type: 'text', text: 'A line' } }],
    },
  };

  it('answers for a server after two looks, with nothing of the conversation', async () => {
    const reviews: SamplingReview[] = [];
    const { it, prompt, fake, heard } = await chat(
      {
        servers: [asking()],
        settings: { ...allowed, system: 'Our own system prompt.' },
        turns: [
          { calls: [call('asking__ask', wants)] },
          { text: 'Roses.', outputTokens: 3 },
          { text: 'Done.' },
        ],
      },
      {
        reviewSampling: async (review) => {
          reviews.push(review);
          return { kind: 'once' };
        },
      },
    );
    const events = await prompt('A secret plan');
    expect(ofType(events, 'tool_result')[0]?.output).toContain('Roses.');
    expect(reviews.map(({ stage }) => stage)).toEqual(['request', 'answer']);
    expect(fake.chats[1]).toMatchObject({
      messages: [
        { role: 'system', content: 'You are a poet.' },
        { role: 'user', content: 'A line' },
      ],
      tools: [],
      options: { num_predict: 4096 },
    });
    expect(ofType(heard, 'sampling_result')).toMatchObject([
      { status: 'answered', output_tokens: 3 },
    ]);
    expect(it.conversation.stats().outputTokens).toBeGreaterThan(3);
    expect(it.conversation.messages().map(({ role }) => role)).toEqual([
      'system',
      'user',
      'assistant',
      'tool',
      'assistant',
    ]);
  });

  it('says nothing when the person says no', async () => {
    const { prompt, fake, heard } = await chat(
      {
        servers: [asking()],
        turns: [{ calls: [call('asking__ask', wants)] }, { text: 'Done.' }],
      },
      { reviewSampling: async () => ({ kind: 'deny' }) },
    );
    const events = await prompt('Go');
    expect(ofType(events, 'tool_result')[0]?.output).toContain('-1');
    expect(fake.chats).toHaveLength(2);
    expect(ofType(heard, 'sampling_result')).toMatchObject([{ status: 'denied' }]);
  });

  it('is the one the chat has at that moment', async () => {
    const { it, prompt, fake } = await chat({
      servers: [asking()],
      settings: { ...allowed, sampling: { mode: 'auto', maxTokens: 50, perMinute: 5, models: [] } },
      turns: [{ calls: [call('asking__ask', wants)] }, { text: 'Roses.' }, { text: 'Done.' }],
    });
    it.model.setParameter('temperature', '0.25');
    await prompt('Go');
    expect(fake.chats[1]).toMatchObject({
      model: 'llama3.1',
      options: { num_predict: 50, temperature: 0.25 },
    });
  });
});

describe('folders in the chat', () => {
  it('are told of after a yes, and when they change', async () => {
    let questions = 0;
    const { it, prompt, home } = await chat(
      {
        servers: [asking()],
        turns: [1, 2, 3].flatMap(() => [
          { calls: [call('asking__ask', { method: 'roots/list' })] },
          { text: 'Done.' },
        ]),
      },
      {
        askRoots: async () => {
          questions += 1;
          return true;
        },
      },
    );
    const told = async () => ofType(await prompt('Go'), 'tool_result')[0]?.output ?? '';
    expect(await told()).toContain(pathToFileURL(home).href);
    await mkdir(path.join(home, 'more'));
    await it.roots.add('more');
    expect(await told()).toContain(`${pathToFileURL(home).href}/more`);
    await it.roots.remove('.');
    expect(JSON.parse(await told())).toMatchObject({ roots: [{ name: 'more' }] });
    expect(questions).toBe(1);
    expect(it.roots.consents()).toEqual([{ server: 'asking', allowed: true }]);
  });
});

describe('subscriptions and log levels', () => {
  it('are told of, and kept when the server comes back', async () => {
    const { it, heard, prompt } = await chat({
      servers: [everything],
      turns: [{ calls: [call('all__toggle-subscriber-updates')] }, { text: 'On.' }],
    });
    const resource = (await it.resources.list(soon())).find(({ template }) => !template);
    const uri = resource?.uri ?? '';
    await it.resources.subscribe('all', uri, soon());
    await it.resources.subscribe('all', uri, soon());
    expect(it.resources.subscriptions()).toEqual([{ server: 'all', uri, updates: 0 }]);
    await prompt('Go');
    await until(() => ofType(heard, 'resource_updated').length > 0, 'an update');
    expect(ofType(heard, 'resource_updated')[0]).toMatchObject({ server: 'all', uri });
    expect(it.resources.subscriptions()[0]?.updates).toBeGreaterThan(0);
    await it.servers.setLogLevel('all', 'debug', soon());
    await it.servers.reload('all', soon());
    expect(it.resources.subscriptions()).toMatchObject([{ server: 'all', uri }]);
    expect(await it.resources.unsubscribe('all', uri, soon())).toBe(true);
    expect(await it.resources.unsubscribe('all', uri, soon())).toBe(false);
    expect(it.resources.subscriptions()).toEqual([]);
  });

  it('are refused by name where a server has none', async () => {
    const { it } = await chat({ servers: [asking()] });
    await expect(it.servers.setLogLevel('asking', 'debug', soon())).rejects.toMatchObject({
      code: 'usage',
    });
    await expect(it.resources.subscribe('asking', 'x://y', soon())).rejects.toMatchObject({
      code: 'usage',
    });
    await expect(it.servers.login('asking', soon())).rejects.toMatchObject({ code: 'usage' });
  });
});
