import { mkdtemp, readdir, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { remote } from '../servers/definitions.js';
import { startDesk, type DeskOptions } from '../servers/desk.js';
import { ofType, resultOf, startChat, until, type Setup } from '../support/chat-engine.js';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

async function desk(options?: DeskOptions) {
  const fixture = await startDesk(options);
  stops.push(fixture.close);
  return fixture;
}

async function chat(setup?: Setup) {
  const fixture = await startChat(setup);
  stops.push(fixture.close);
  return fixture;
}

const note = (text: string, id?: string) => ({
  name: 'desk__note',
  arguments: { text },
  ...(id === undefined ? {} : { id }),
});

describe('a chat', () => {
  it('is there at once, and its servers come in the background', async () => {
    const server = await desk({ slowMs: 300 });
    const started = performance.now();
    const { chat: it, heard } = await chat({ servers: [remote(server.sseUrl, { id: 'desk' })] });
    expect(performance.now() - started).toBeLessThan(5000);
    expect(it.info).toMatchObject({
      model: 'llama3.1',
      approval: 'ask',
      tools: 0,
      usedTokens: 0,
      servers: [{ name: 'desk', status: 'connecting' }],
    });
    await until(() => it.info.servers[0]?.status === 'connected', 'connected');
    expect(ofType(heard, 'server').map(({ server: { status } }) => status)).toEqual([
      'connecting',
      'connected',
    ]);
    expect(it.info.tools).toBe(4);
    expect(it.tools.list()[0]).toMatchObject({
      server: 'desk',
      alias: 'desk__note',
      enabled: true,
    });
    expect(it.info).toBe(it.info);
  });

  it('lets a prompt wait for a server that is nearly there', async () => {
    const server = await desk({ slowMs: 300 });
    const { prompt, fake } = await chat({
      servers: [remote(server.sseUrl, { id: 'desk' })],
      turns: [{ text: 'Hello.' }],
    });
    const events = await prompt('Hi');
    expect(events.map(({ type }) => type)).toEqual([
      'init',
      'message',
      'message',
      'message',
      'result',
    ]);
    expect(events[1]).toMatchObject({ role: 'user', content: 'Hi' });
    expect(fake.chats[0]?.tools).toHaveLength(4);
    expect(resultOf(events)).toMatchObject({ status: 'success', response: 'Hello.' });
  });

  it('goes on without a server that does not come, and says so once', async () => {
    const server = await desk({ slowMs: 60_000 });
    const { prompt } = await chat({
      servers: [remote(server.sseUrl, { id: 'desk' })],
      turns: [{ text: 'One.' }, { text: 'Two.' }],
    });
    const first = await prompt('1');
    expect(ofType(first, 'log').map(({ message }) => message)).toEqual([
      'Still connecting: desk. Their tools come when they are there.',
    ]);
    expect(resultOf(first).response).toBe('One.');
    const second = await prompt('2');
    expect(ofType(second, 'log')).toEqual([]);
    expect(ofType(second, 'init')).toEqual([]);
  });

  it('offers a tool in the turn after it appeared, in the middle of a prompt', async () => {
    const server = await desk();
    const fixture = await chat({
      servers: [remote(server.sseUrl, { id: 'desk' })],
      turns: [{ calls: [note('a')] }, { text: 'Done.' }],
      async answer() {
        server.servers[0]?.registerTool('fresh', { description: 'New' }, () => ({ content: [] }));
        await until(() => fixture.chat.info.tools === 5, 'the new tool');
        return { kind: 'once' };
      },
    });
    const { prompt, fake, heard } = fixture;
    expect(resultOf(await prompt('Go')).error).toBeNull();
    const offered = fake.chats.map(({ tools }) => tools.map(({ function: { name } }) => name));
    expect(offered[0]).not.toContain('desk__fresh');
    expect(offered[1]).toContain('desk__fresh');
    expect(ofType(heard, 'tools_changed')[0]).toMatchObject({ server: 'desk', added: ['fresh'] });
  });

  it('does not offer what is switched off, also by a server that comes back', async () => {
    const server = await desk();
    const {
      chat: it,
      prompt,
      fake,
    } = await chat({
      servers: [remote(server.sseUrl, { id: 'desk' })],
      turns: [{ text: 'One.' }, { calls: [note('a')] }, { text: 'Two.' }],
    });
    await prompt('1');
    expect(it.tools.setEnabled('desk/n*', false)).toBe(1);
    expect(it.tools.setEnabled('nowhere', false)).toBe(0);
    expect(it.info.tools).toBe(3);
    await it.servers.reload('desk', AbortSignal.timeout(20_000));
    const events = await prompt('2');
    expect(fake.chats[1]?.tools.map(({ function: { name } }) => name)).not.toContain('desk__note');
    expect(ofType(events, 'tool_result')[0]).toMatchObject({ status: 'error' });
    expect(server.calls).toEqual([]);
    expect(it.tools.setEnabled('desk', true)).toBe(4);
    expect(it.info.tools).toBe(4);
  });

  it('keeps what was said when it is interrupted', async () => {
    const { chat: it, fake } = await chat({
      turns: [
        { text: ['Once ', 'upon ', 'a time'], writeMs: 50, end: 'silence' },
        { text: 'Yes.' },
      ],
    });
    const events = [];
    for await (const event of it.send({ text: 'A story' })) {
      events.push(event);
      if (event.type === 'message' && event.content === 'upon ') it.abort(new Error('Esc'));
    }
    expect(resultOf(events)).toMatchObject({ status: 'error', error: { code: 'interrupted' } });
    const said = it.conversation.messages().map(({ content }) => content);
    expect(said[0]).toBe('A story');
    expect(said[1]).toMatch(/^Once upon /);
    for await (const event of it.send({ text: 'Go on' })) events.push(event);
    expect(fake.chats[1]?.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
  });

  it('answers one prompt at a time', async () => {
    const { chat: it, prompt } = await chat({ turns: [{ text: ['a', 'b'], writeMs: 200 }] });
    const first = it.send({ text: '1' });
    await first.next();
    await first.next();
    const second = await prompt('2');
    expect(resultOf(second)).toMatchObject({ error: { code: 'usage' } });
    expect(() => it.conversation.undo()).toThrow('still at work');
    for await (const _ of first);
    expect(it.conversation.prompts()).toEqual(['1']);
  });

  it('keeps images of results under names of their own bytes', async () => {
    const server = await desk();
    const home = await mkdtemp(path.join(os.tmpdir(), 'ostler-images-'));
    const imagesDir = path.join(home, 'images');
    const { prompt } = await chat({
      home,
      servers: [remote(server.sseUrl, { id: 'desk' })],
      settings: { approval: { mode: 'auto', allow: [], deny: [] } },
      turns: [
        { calls: [{ name: 'desk__picture' }] },
        { calls: [{ name: 'desk__picture' }] },
        { text: 'Seen.' },
      ],
      options: { imagesDir },
    });
    const results = ofType(await prompt('Draw'), 'tool_result');
    const names = await readdir(imagesDir);
    expect(names).toEqual([expect.stringMatching(/^[0-9a-f]{32}\.png$/)]);
    const file = path.join(imagesDir, names[0] ?? '');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    for (const { images } of results) {
      expect(images).toEqual([
        { mime_type: 'image/x-../../evil', size: 70, path: file },
        { mime_type: 'image/png', size: 8 },
      ]);
    }
  });
});
