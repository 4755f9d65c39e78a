import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
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
        subscriptions: true,
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
      subscriptions: false,
    });
  });

  it('says so when one is asked for', async () => {
    const methods: string[] = [];
    const server = await kept(startRawHttp(({ method }) => void methods.push(method)));
    const connection = await kept(open(remote(`${server.url}/mcp`)));
    const before = methods.length;
    for (const asked of [
      connection.getPrompt('p', {}, never),
      connection.readResource('mem://a', never),
    ]) {
      const error = await failureOf(asked);
      expect(error).toMatchObject({ code: 'server_failed', server: 'docs' });
      expect(error.message).toContain('docs has no');
    }
    expect(methods).toHaveLength(before);
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
