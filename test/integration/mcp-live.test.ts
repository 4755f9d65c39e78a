import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Connection, ServerNotice } from '../../src/mcp/types.js';
import { startBearer } from '../servers/bearer.js';
import { failureOf, open, quiet, textOf } from '../servers/connect.js';
import { local, remote } from '../servers/definitions.js';
import { startModern } from '../servers/modern.js';
import { EVERYTHING, startEverything, type PeerFixture } from '../servers/peers.js';
import { startRawHttp } from '../servers/raw-mcp.js';

const LIVE = path.join(path.dirname(fileURLToPath(import.meta.url)), '../servers/live.mjs');
const never = quiet.signal;
const stops: (() => Promise<void>)[] = [];
let sse: PeerFixture;
let http: PeerFixture;

beforeAll(async () => {
  [sse, http] = await Promise.all([startEverything('sse'), startEverything('streamableHttp')]);
}, 60_000);
afterAll(async () => {
  await Promise.all([sse, http].map((peer) => peer?.close()));
});
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

async function kept<T extends { close: () => Promise<void> }>(starting: Promise<T>): Promise<T> {
  const fixture = await starting;
  stops.push(fixture.close);
  return fixture;
}

const live = (...args: string[]) => kept(open(local(process.execPath, [LIVE, ...args])));

/** Everything it tells by itself, and a way to wait for one of them. */
function noticesOf(connection: Connection) {
  const notices: ServerNotice[] = [];
  connection.onNotice((notice) => notices.push(notice));
  const until = async (test: (all: readonly ServerNotice[]) => boolean) =>
    expect.poll(() => test(notices), { timeout: 15_000, interval: 20 }).toBe(true);
  return { notices, until };
}

const namesOf = (tools: readonly { name: string }[]) => tools.map(({ name }) => name);

describe('what server-everything has beside tools', () => {
  const definitions = {
    stdio: () => local(process.execPath, [EVERYTHING, 'stdio']),
    sse: () => remote(`${sse.url}/sse`),
    http: () => remote(`${http.url}/mcp`),
  };
  for (const [transport, definition] of Object.entries(definitions)) {
    it(`is read over ${transport}`, async () => {
      const connection = await kept(open(definition()));
      expect(connection.info.offers).toEqual({
        prompts: true,
        resources: true,
        completions: true,
        logging: true,
      });
      const prompts = await connection.listPrompts(never);
      expect(prompts.find(({ name }) => name === 'args-prompt')?.arguments).toEqual([
        { name: 'city', description: 'Name of the city', required: true },
        expect.objectContaining({ name: 'state', required: false }),
      ]);
      expect(await connection.getPrompt('args-prompt', { city: 'Paris' }, never)).toEqual([
        { role: 'user', text: expect.stringContaining('Paris') },
      ]);
      const resources = await connection.listResources(never);
      expect(resources.filter(({ template }) => template)).toHaveLength(2);
      const [first] = resources;
      expect(await connection.readResource(first?.uri ?? '', never)).toEqual([
        expect.objectContaining({ type: 'resource', uri: first?.uri, text: expect.any(String) }),
      ]);
      const query = { ref: { prompt: 'completable-prompt' }, argument: 'department', context: {} };
      expect(await connection.complete({ ...query, value: 'E' }, never)).toEqual(['Engineering']);
      const context = { department: 'Engineering' };
      const names = await connection.complete(
        { ...query, argument: 'name', value: '', context },
        never,
      );
      expect(names).toContain('Alice');
      expect(await connection.ping(never)).toBeGreaterThan(0);
    });
  }
});

describe('a server of 2026-07-28', () => {
  it('is read as well, and asked for a sign of life in its own way', async () => {
    const server = await kept(startModern());
    const connection = await kept(open(remote(server.mcpUrl)));
    expect(connection.info.era).toBe('modern');
    expect(namesOf(await connection.listPrompts(never))).toEqual(['greet']);
    expect(await connection.getPrompt('greet', { name: 'Bob' }, never)).toEqual([
      { role: 'user', text: 'Hello Bob' },
    ]);
    expect(await connection.listResources(never)).toEqual([
      { uri: 'mem://note', name: 'note', template: false },
    ]);
    expect(await connection.readResource('mem://note', never)).toEqual([
      { type: 'resource', uri: 'mem://note', text: 'a note' },
    ]);
    expect(await connection.ping(never)).toBeGreaterThan(0);
    expect(server.seen.at(-1)?.headers['mcp-method']).toBe('server/discover');
  });

  it('is asked to tell of changes, over and over', async () => {
    const server = await kept(startModern());
    const connection = await kept(open(remote(server.mcpUrl)));
    const { until, notices } = noticesOf(connection);
    await expect.poll(server.listening, { timeout: 15_000 }).toBeGreaterThan(0);
    server.addTool('fresh');
    await until(() => namesOf(connection.tools).includes('fresh'));
    expect(notices.filter(({ type }) => type === 'tools').length).toBeGreaterThan(0);
    expect(textOf(await connection.call('fresh', {}, quiet))).toBe('fresh');
    server.cut();
    server.addTool('fresher');
    await until(() => namesOf(connection.tools).includes('fresher'));
  });
});

describe('a server without prompts and resources', () => {
  it('is not asked for them', async () => {
    const methods: string[] = [];
    const server = await kept(startRawHttp(({ method }) => void methods.push(method)));
    const connection = await kept(open(remote(`${server.url}/mcp`)));
    const before = methods.length;
    expect(await connection.listPrompts(never)).toEqual([]);
    expect(await connection.listResources(never)).toEqual([]);
    const query = { ref: { prompt: 'p' }, argument: 'a', value: '', context: {} };
    expect(await connection.complete(query, never)).toEqual([]);
    expect(methods).toHaveLength(before);
    expect(connection.info.offers).toEqual({
      prompts: false,
      resources: false,
      completions: false,
      logging: false,
    });
  });

  it('says so when one is asked for', async () => {
    const server = await kept(startRawHttp(() => undefined));
    const connection = await kept(open(remote(`${server.url}/mcp`)));
    expect(await failureOf(connection.getPrompt('p', {}, never))).toMatchObject({
      code: 'server_failed',
      server: 'docs',
    });
  });
});

describe('lists', () => {
  it('come with all their pages', async () => {
    const connection = await live('good');
    const [review] = await connection.listPrompts(never);
    expect(review).toEqual({
      name: 'review',
      title: 'Review',
      description: 'Reviews code',
      arguments: [
        { name: 'file', description: 'Which', required: true },
        { name: 'depth', required: false },
      ],
    });
    expect(await connection.listResources(never)).toEqual([
      { uri: 'mem://a', name: 'a', mimeType: 'text/plain', template: false },
      { uri: 'mem://{name}', name: 'any', template: true },
    ]);
  });

  it('come without templates from a server that knows none', async () => {
    const connection = await live('good', 'no-templates');
    expect(await connection.listResources(never)).toHaveLength(1);
  });

  it('leave out what is malformed, with a warning', async () => {
    const warnings: string[] = [];
    const connection = await kept(
      open(local(process.execPath, [LIVE, 'hostile']), {
        onWarning: (message) => warnings.push(message),
      }),
    );
    expect(await connection.listPrompts(never)).toEqual([
      { name: 'odd', arguments: [{ name: 'kept', required: false }] },
      { name: 'plain', arguments: [] },
    ]);
    expect(await connection.listResources(never)).toEqual([
      { uri: 'mem://kept', name: 'mem://kept', template: false },
      { uri: 'mem://{name}', name: 'any', template: true },
    ]);
    expect(warnings).toEqual([
      expect.stringContaining('local: 6 malformed prompt(s) left out'),
      expect.stringContaining('local: 4 malformed resource(s) left out'),
    ]);
    expect(warnings.join('')).not.toContain('\u001b');
  });

  for (const mode of ['endless', 'circle']) {
    it(`without an end are an error: ${mode}`, async () => {
      const connection = await live(mode);
      const error = await failureOf(connection.listPrompts(never));
      expect(error).toMatchObject({ code: 'protocol_error', server: 'local' });
      expect(error.message).toContain('prompts/list does not end');
      expect((await failureOf(connection.listResources(never))).code).toBe('protocol_error');
      expect(textOf(await connection.call('x', { a: 1 }, quiet))).toBe('{"a":1}');
    });
  }
});

describe('a prompt', () => {
  it('becomes messages with text and images', async () => {
    const connection = await live();
    expect(await connection.getPrompt('review', { file: 'a' }, never)).toEqual([
      { role: 'user', text: 'Review it' },
      {
        role: 'assistant',
        text: '',
        images: [{ data: Buffer.from([0, 1, 2]), mimeType: 'image/png' }],
      },
    ]);
  });

  it('of which parts are malformed keeps the rest', async () => {
    const warnings: string[] = [];
    const connection = await kept(
      open(local(process.execPath, [LIVE, 'hostile']), {
        onWarning: (message) => warnings.push(message),
      }),
    );
    const messages = await connection.getPrompt('odd', {}, never);
    expect(messages.map(({ role, text }) => [role, text.split('\n').at(-1)])).toEqual([
      ['user', 'who am I'],
      ['user', '[content of unknown type "hologram": {"type":"hologram","size":3}]'],
      ['user', 'inside'],
      ['user', '[image that cannot be decoded or is too large]'],
    ]);
    expect(warnings).toEqual([expect.stringContaining('2 message(s)')]);
  });

  it('that is refused says why, and nothing else', async () => {
    const connection = await live();
    const error = await failureOf(connection.getPrompt('unknown', {}, never));
    expect(error).toMatchObject({ code: 'server_failed', server: 'local' });
    expect(error.message).toContain('error -32602');
    expect(error.message).toContain('such prompt');
    expect(error.message).not.toContain('\u001b');
  });

  it('that does not come is given up in time', async () => {
    const connection = await kept(open(local(process.execPath, [LIVE], { callTimeoutMs: 300 })));
    expect((await failureOf(connection.getPrompt('hang', {}, never))).code).toBe('timeout');
  });

  it('that is not wanted any more is cancelled', async () => {
    const connection = await live();
    const controller = new AbortController();
    const asked = connection.getPrompt('hang', {}, controller.signal);
    setTimeout(() => controller.abort(), 50);
    expect((await failureOf(asked)).code).toBe('interrupted');
    const stats = await connection.call('stats', {}, quiet);
    expect(JSON.parse(textOf(stats))).toMatchObject({ cancelled: 1 });
  });
});

describe('odd answers', () => {
  it('to completion and reading are cut to what is usable', async () => {
    const connection = await live('hostile');
    const query = { ref: { resource: 'mem://{name}' }, argument: 'a', value: '', context: {} };
    const values = await connection.complete(query, never);
    expect(values).toHaveLength(100);
    expect(values.slice(0, 2)).toEqual(['good', 'more']);
    expect(await connection.readResource('mem://x', never)).toEqual([
      { type: 'text', text: '[resource without contents]' },
      { type: 'resource', uri: '5', text: 'odd' },
      { type: 'resource', uri: 'mem://b', blob: Buffer.from([0, 1, 2]) },
    ]);
  });

  it('a query goes out as the specification has it', async () => {
    const connection = await live();
    const [sent = ''] = await connection.complete(
      { ref: { resource: 'mem://{name}' }, argument: 'name', value: 'x', context: { a: 'b' } },
      never,
    );
    expect(JSON.parse(sent)).toMatchObject({
      ref: { type: 'ref/resource', uri: 'mem://{name}' },
      argument: { name: 'name', value: 'x' },
      context: { arguments: { a: 'b' } },
    });
  });
});

describe('a changed list of tools', () => {
  it('is read anew: once for many changes', async () => {
    const connection = await live();
    const { until, notices } = noticesOf(connection);
    const before = connection.tools;
    await connection.call('add', { names: ['one', 'two', 'three'] }, quiet);
    await until(() => namesOf(connection.tools).includes('three'));
    expect(notices.filter(({ type }) => type === 'tools')).toEqual([{ type: 'tools', before }]);
    await connection.call('remove', { name: 'two' }, quiet);
    await until(() => !namesOf(connection.tools).includes('two'));
    const { lists } = JSON.parse(textOf(await connection.call('stats', {}, quiet))) as {
      lists: number;
    };
    expect(lists).toBe(3);
  });

  it('is not missed when it changes before anybody listens', async () => {
    const connection = await live('late');
    expect(namesOf(connection.tools)).not.toContain('late');
    const { until } = noticesOf(connection);
    await until(() => namesOf(connection.tools).includes('late'));
  });

  it('is read at most once a second in a storm', async () => {
    const connection = await live();
    noticesOf(connection);
    const startedAt = Date.now();
    for (let n = 0; n < 10; n += 1) {
      await connection.call('storm', { times: 200 }, quiet);
      await new Promise((resolve) => {
        setTimeout(resolve, 150);
      });
    }
    const stats = JSON.parse(textOf(await connection.call('stats', {}, quiet))) as {
      lists: number;
    };
    expect(stats.lists).toBeGreaterThan(1);
    expect(stats.lists).toBeLessThanOrEqual(3 + Math.ceil((Date.now() - startedAt) / 1000));
  });

  for (const how of ['error', 'hang']) {
    it(`that cannot be read (${how}) leaves the old one, with a warning`, async () => {
      const warnings: string[] = [];
      const connection = await kept(
        open(local(process.execPath, [LIVE], { connectTimeoutMs: 1500 }), {
          onWarning: (message) => warnings.push(message),
        }),
      );
      const { notices } = noticesOf(connection);
      const before = connection.tools;
      await connection.call('break', { how }, quiet);
      await expect.poll(() => warnings.length, { timeout: 15_000 }).toBe(1);
      expect(warnings[0]).toContain('local: its changed tools could not be read');
      expect(connection.tools).toBe(before);
      expect(notices).toEqual([]);
    });
  }

  for (const transport of ['sse', 'http'] as const) {
    it(`is told over ${transport} as well`, async () => {
      const server = await kept(startBearer());
      const url = transport === 'sse' ? server.sseUrl : server.mcpUrl;
      const connection = await kept(open(remote(url)));
      const { until } = noticesOf(connection);
      await expect.poll(() => server.seen.some(({ method }) => method === 'GET')).toBe(true);
      const tool = server.servers.at(-1)?.registerTool('fresh', {}, () => ({ content: [] }));
      await until(() => namesOf(connection.tools).includes('fresh'));
      tool?.remove();
      await until(() => !namesOf(connection.tools).includes('fresh'));
    });
  }

  it('of prompts and resources is only told', async () => {
    const connection = await live();
    const { until } = noticesOf(connection);
    await connection.call('other', {}, quiet);
    await until((all) =>
      ['prompts', 'resources'].every((type) => all.some((n) => n.type === type)),
    );
  });
});

describe('log messages', () => {
  it('are asked for once somebody listens, and told as text', async () => {
    const connection = await live();
    const level = async () =>
      (JSON.parse(textOf(await connection.call('stats', {}, quiet))) as { level: string }).level;
    expect(await level()).toBe('');
    const { until, notices } = noticesOf(connection);
    await expect.poll(level, { timeout: 15_000 }).toBe('info');
    await connection.call('log', { times: 1, data: { a: 1 } }, quiet);
    await until((all) => all.length > 0);
    expect(notices).toEqual([{ type: 'log', level: 'info', text: 'live: {"a":1}' }]);
  });

  it('are cut, and a flood is counted', async () => {
    const connection = await live();
    const { until, notices } = noticesOf(connection);
    const texts = () => notices.flatMap((notice) => (notice.type === 'log' ? [notice.text] : []));
    await connection.call('log', { times: 1, data: 'x'.repeat(100_000) }, quiet);
    await until(() => texts().length === 1);
    expect(texts()[0]?.length).toBeLessThan(8300);
    await connection.call('log', { times: 5000 }, quiet);
    await until(() => texts().some((text) => text.includes('messages left out')));
    const leftOut = texts().flatMap((text) => {
      const count = /^… (\d+) messages left out$/.exec(text)?.[1];
      return count === undefined ? [] : [Number(count)];
    });
    const shown = texts().length - leftOut.length - 1;
    expect(shown + leftOut.reduce((sum, count) => sum + count, 0)).toBe(5000);
    expect(shown).toBeLessThan(1000);
  });
});
