import { afterEach, describe, expect, it } from 'vitest';
import { startBearer } from '../servers/bearer.js';
import { remote } from '../servers/definitions.js';
import { startDesk } from '../servers/desk.js';
import { PNG } from '../servers/sample-tools.js';
import { ofType, resultOf, startChat, until, type Setup } from '../support/chat-engine.js';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

async function kept<T extends { close: () => Promise<void> }>(starting: Promise<T>): Promise<T> {
  const fixture = await starting;
  stops.push(fixture.close);
  return fixture;
}

const chat = (setup?: Setup) => kept(startChat(setup));
const soon = () => AbortSignal.timeout(20_000);

describe('servers in a chat', () => {
  it('are added by a URL, and their tools are there in the next prompt', async () => {
    const server = await kept(startBearer({ token: 'bearer-token-7' }));
    const {
      chat: it,
      prompt,
      fake,
      heard,
    } = await chat({
      settings: { approval: { mode: 'auto', allow: [], deny: [] } },
      turns: [
        { calls: [{ name: '127_0_0_1__say_hello', arguments: { name: 'Bob' } }] },
        { text: 'Hi.' },
      ],
    });
    await expect(it.servers.connect(server.sseUrl, {}, soon())).rejects.toMatchObject({
      code: 'auth_required',
    });
    expect(it.servers.list()).toMatchObject([{ name: '127.0.0.1', status: 'failed' }]);
    const flags = { header: ['Authorization: Bearer bearer-token-7'] };
    const status = await it.servers.connect(server.sseUrl, flags, soon());
    expect(status).toMatchObject({
      name: '127.0.0.1',
      status: 'connected',
      credentials: 'headers',
    });
    expect(it.servers.list()).toHaveLength(1);
    const details = await it.servers.details('127.0.0.1', soon());
    expect(details).toMatchObject({
      address: server.sseUrl,
      identity: 'sample 1.2.3',
      instructions: 'Be kind.',
      headers: [['Authorization', 'Bearer [REDACTED]']],
    });
    expect(await it.servers.ping('127.0.0.1', soon())).toBeGreaterThanOrEqual(0);
    const events = await prompt('Greet');
    expect(resultOf(events)).toMatchObject({ error: null, response: 'Hi.' });
    expect(ofType(events, 'tool_result')[0]).toMatchObject({ output: 'Hello Bob' });
    expect(fake.chats).toHaveLength(2);
    expect(JSON.stringify([events, heard])).not.toContain('bearer-token-7');
    expect(it.info.servers[0]?.latency_ms).toBeGreaterThanOrEqual(0);
  });

  it('at another address of the same host get a name of their own', async () => {
    const one = await kept(startDesk());
    const two = await kept(startDesk());
    const { chat: it } = await chat();
    await it.servers.connect(one.sseUrl, {}, soon());
    await it.servers.connect(two.sseUrl, {}, soon());
    await it.servers.connect(one.sseUrl, {}, soon());
    expect(it.servers.list().map(({ name }) => name)).toEqual(['127.0.0.1', '127.0.0.1-2']);
    expect(it.info.tools).toBe(8);
  });

  it('leave with their tools, and come back', async () => {
    const server = await kept(startDesk());
    const { chat: it, heard } = await chat({ servers: [remote(server.sseUrl, { id: 'desk' })] });
    await until(() => it.info.tools === 4, 'tools');
    await it.servers.disconnect('desk');
    expect(it.info).toMatchObject({ tools: 0, servers: [{ status: 'closed' }] });
    await expect(it.servers.ping('desk', soon())).rejects.toMatchObject({
      hint: 'Connect it with: /servers connect desk',
    });
    await it.servers.connect('desk', {}, soon());
    expect(await it.servers.reload(undefined, soon())).toMatchObject([{ status: 'connected' }]);
    expect(it.info.tools).toBe(4);
    expect(ofType(heard, 'server').map(({ server: { status } }) => status)).toContain('closed');
  });

  it.each([
    ['dsk', 'Did you mean "desk"?'],
    ['nowhere', 'Connect one by its URL: /servers connect https://… -H "Name: value"'],
  ])('are not guessed: %s', async (target, hint) => {
    const server = await kept(startDesk());
    const { chat: it } = await chat({ servers: [remote(server.sseUrl, { id: 'desk' })] });
    await until(() => it.info.tools === 4, 'tools');
    await expect(it.servers.connect(target, {}, soon())).rejects.toMatchObject({
      code: 'usage',
      hint,
    });
  });

  it('get other credentials under their own name, and keep the rest', async () => {
    const server = await kept(startBearer({ token: 'bearer-token-8' }));
    const headers: [string, string][] = [
      ['X-Team', 'blue'],
      ['authorization', 'Bearer wrong-token'],
    ];
    const { chat: it } = await chat({ servers: [remote(server.sseUrl, { id: 'desk', headers })] });
    await until(() => it.info.servers[0]?.status === 'failed', 'a refusal');
    const flags = { header: ['Authorization: Bearer bearer-token-8'] };
    await it.servers.connect('desk', flags, soon());
    expect(it.info.servers).toMatchObject([{ name: 'desk', status: 'connected' }]);
    const last = server.seen.at(-1)?.headers;
    expect(last).toMatchObject({ 'x-team': 'blue', authorization: 'Bearer bearer-token-8' });
  });

  it('are dialled when the first frame is out', async () => {
    const server = await kept(startDesk());
    let show = () => {};
    const startAfter = new Promise<void>((resolve) => {
      show = resolve;
    });
    const { chat: it } = await chat({
      servers: [
        remote(server.sseUrl, { id: 'desk' }),
        remote('http://127.0.0.1:1', { id: 'off', disabled: true }),
      ],
      options: { startAfter },
    });
    expect(it.info.servers.map(({ status }) => status)).toEqual(['connecting', 'disabled']);
    expect(server.seen).toEqual([]);
    show();
    await until(() => it.info.tools === 4, 'tools');
  });
});

describe('what servers offer beside tools', () => {
  it('is listed from memory, read, and asked for', async () => {
    const server = await kept(startDesk());
    const bare = await kept(startBearer());
    const { chat: it } = await chat({
      servers: [remote(server.sseUrl, { id: 'desk' }), remote(bare.sseUrl, { id: 'bare' })],
    });
    await until(() => it.info.servers.every(({ status }) => status === 'connected'), 'servers');
    const prompts = await it.prompts.list(soon());
    expect(prompts).toMatchObject([
      { server: 'desk', name: 'review', arguments: [{ name: 'file', required: true }] },
    ]);
    const asked = server.seen.length;
    expect(await it.prompts.list(soon())).toEqual(prompts);
    expect(server.seen).toHaveLength(asked);
    expect(
      await it.prompts.get({ server: 'desk', name: 'review', args: { file: 'a.ts' } }, soon()),
    ).toMatchObject([{ role: 'user', text: 'Review a.ts' }]);
    expect(await it.resources.list(soon())).toMatchObject([{ server: 'desk', uri: 'mem://notes' }]);
    const read = await it.resources.read('desk', 'mem://notes', soon());
    expect(read).toEqual([
      { kind: 'text', name: 'mem://notes', text: 'all notes' },
      {
        kind: 'image',
        name: 'mem://picture',
        image: { data: expect.anything(), mimeType: 'image/png' },
      },
      { kind: 'text', name: 'mem://data', text: '[resource mem://data application/zip, 3 B]' },
    ]);
    expect(read[1]).toSatisfy(
      (item: { image: { data: Uint8Array } }) =>
        Buffer.from(item.image.data).toString('base64') === PNG,
    );
    expect(await it.servers.details('desk', soon())).toMatchObject({ prompts: 1, resources: 1 });

    const changed = server.servers[0];
    changed?.registerPrompt('fresh', {}, () => ({ messages: [] }));
    await until(() => server.seen.length > asked, 'notice');
    for (let tries = 0; tries < 200; tries += 1) {
      if ((await it.prompts.list(soon())).length === 2) break;
      await new Promise((resolve) => {
        setTimeout(resolve, 20);
      });
    }
    expect((await it.prompts.list(soon())).map(({ name }) => name)).toEqual(['review', 'fresh']);
    await it.servers.disconnect('desk');
    expect(await it.prompts.list(soon())).toEqual([]);
    await expect(it.resources.read('desk', 'mem://notes', soon())).rejects.toMatchObject({
      code: 'server_unreachable',
    });
  });
});
