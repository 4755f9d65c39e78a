import { tmpdir } from 'node:os';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OstlerError } from '../../src/core/errors.js';
import type { JsonObject, JsonValue } from '../../src/core/json.js';
import type { Connection, ServerNotice } from '../../src/mcp/types.js';
import { failureOf, open, quiet, textOf } from '../servers/connect.js';
import { remote } from '../servers/definitions.js';
import { startModernAsks, STATE, type ModernAsksFixture } from '../servers/modern-asks.js';
import { endKept, kept } from '../support/kept.js';
import { answering, silent, type AskedPorts, type PortAnswers } from '../support/ports.js';

/** Answers in rounds (2026-07-28/basic/patterns/mrtr), and what else the revision asks of a host. */
let server: ModernAsksFixture;
const never = new AbortController().signal;

beforeEach(async () => {
  server = await kept(startModernAsks());
});
afterEach(endKept);

interface Host {
  connection: Connection;
  ports: AskedPorts;
  warnings: string[];
  ask: (requests: JsonObject) => Promise<JsonValue>;
}

async function host(answers?: PortAnswers): Promise<Host> {
  const ports = answering(answers);
  const warnings: string[] = [];
  const onWarning = (message: string) => warnings.push(message);
  const connection = await kept(open(remote(server.mcpUrl), { dial: { ports }, onWarning }));
  return {
    connection,
    ports,
    warnings,
    async ask(requests) {
      const text = textOf(await connection.call('ask', { requests }, quiet));
      return text.startsWith('{') ? (JSON.parse(text) as JsonValue) : text;
    },
  };
}

const form = (properties: JsonObject): JsonObject => ({
  method: 'elicitation/create',
  params: { message: 'Who?', requestedSchema: { type: 'object', properties } },
});
const page = (url: string): JsonObject => ({
  method: 'elicitation/create',
  params: { mode: 'url', message: 'Sign', url },
});
const sample: JsonObject = {
  method: 'sampling/createMessage',
  params: {
    messages: [{ role: 'user', content: { type: 'text', text: 'Hi' } }],
    maxTokens: 1_000_000,
  },
};

describe('a call that asks first', () => {
  it('gets all its answers, one question at a time', async () => {
    const uri = pathToFileURL(tmpdir()).href;
    const { ask, ports } = await host({ roots: [{ uri, name: 'tmp' }] });
    const answers = await ask({
      who: form({ name: { type: 'string', default: 'Ada' } }),
      sign: page('https://example.com/sign?a=1'),
      model: sample,
      roots: { method: 'roots/list' },
    });
    expect(answers).toMatchObject({
      who: { action: 'accept', content: { name: 'Ada' } },
      sign: { action: 'accept' },
      model: { role: 'assistant', model: 'tiny', content: { type: 'text', text: 'Hello.' } },
      roots: { roots: [{ uri, name: 'tmp' }] },
    });
    expect(ports.sampled[0]).toMatchObject({ server: 'docs', maxTokens: 1_000_000 });
    expect(ports.open.most).toBe(1);
  });

  it('is sent again with its state to the byte, and as a request of its own', async () => {
    const { ask } = await host();
    await ask({ who: form({}) });
    const [first, second] = server.received('tools/call');
    expect(first).not.toHaveProperty('requestState');
    expect(second?.['requestState']).toBe(STATE);
    expect(second?.['arguments']).toEqual(first?.['arguments']);
  });

  it('is only put off where nothing is asked', async () => {
    const { connection } = await host();
    expect(textOf(await connection.call('put_off', {}, quiet))).toBe('"done"');
    const [, second] = server.received('tools/call');
    expect(second).not.toHaveProperty('inputResponses');
    expect(second?.['requestState']).toBe(STATE);
  });

  it('gets the defaults of a form that is accepted as it is', async () => {
    const { ask } = await host({ elicit: () => Promise.resolve({ action: 'accept' }) });
    const answers = await ask({
      who: form({ name: { type: 'string', default: 'Ada' }, age: { type: 'integer' } }),
    });
    expect(answers).toEqual({ who: { action: 'accept', content: { name: 'Ada' } } });
  });

  it.each(['decline', 'cancel'] as const)('hears of a %s', async (action) => {
    const { ask } = await host({ elicit: () => Promise.resolve({ action }) });
    expect(await ask({ who: form({}) })).toEqual({ who: { action } });
  });

  it('asks for prompts and resources as well', async () => {
    const { connection, ports } = await host();
    const who = '{"who":{"action":"accept","content":{"name":"Ada"}}}';
    expect(await connection.getPrompt('greet', {}, never)).toEqual([{ role: 'user', text: who }]);
    const contents = await connection.readResource('mem://note', never);
    expect(contents).toEqual([expect.objectContaining({ text: who })]);
    expect(ports.elicited).toHaveLength(2);
  });
});

describe('a call that asks for what it does not get', () => {
  it.each<[string, JsonObject, RegExp]>([
    ['a form of objects', form({ a: { type: 'object', properties: {} } }), /flat object/],
    ['a page elsewhere', page('http://example.com/'), /must be https/],
  ])('%s: the model reads why', async (_, request, why) => {
    const { connection, ports, warnings } = await host();
    const result = await connection.call('ask', { requests: { it: request } }, quiet);
    expect(result.isError).toBe(true);
    expect(textOf(result)).toMatch(why);
    expect(ports.elicited).toEqual([]);
    expect(warnings).toEqual([expect.stringMatching(/^docs: \S+ was refused/)]);
    expect(server.received('tools/call')).toHaveLength(1);
  });

  it('the answer of a model that nobody allows', async () => {
    const deny = () => Promise.reject(new OstlerError('denied', 'no'));
    const { ask, warnings } = await host({ sample: deny });
    expect(await ask({ model: sample })).toContain('User rejected sampling request');
    expect(warnings).toEqual([]);
  });

  it('a prompt is an error', async () => {
    const { connection } = await host({ elicit: silent });
    const abort = new AbortController();
    const failure = failureOf(connection.getPrompt('greet', {}, abort.signal));
    await expect.poll(() => server.received('prompts/get').length).toBe(1);
    abort.abort();
    expect((await failure).code).toBe('interrupted');
  });

  it('an answer to each of its endless questions', async () => {
    const { connection, ports } = await host();
    const result = await connection
      .call('loop', {}, quiet)
      .then(textOf, (error: unknown) => String(error));
    expect(result).toMatch(/still asks after 10 rounds|Too many requests/);
    expect(ports.elicited).toHaveLength(10);
  });

  it('a host that can give nothing is told nothing', async () => {
    const connection = await kept(open(remote(server.mcpUrl)));
    const result = await connection.call('ask', { requests: { who: form({}) } }, quiet);
    expect(result.isError).toBe(true);
    const [params] = server.received('tools/call');
    const meta = params?.['_meta'] as JsonObject;
    expect(meta['io.modelcontextprotocol/clientCapabilities']).toEqual({});
  });
});

describe('lists', () => {
  it('are asked for once while the server says they are good, and by every connection', async () => {
    const [first, second] = [await host(), await host()];
    for (const { connection } of [first, first, second]) {
      expect(await connection.listPrompts(never)).toHaveLength(1);
      expect(await connection.listResources(never)).toHaveLength(1);
    }
    expect(server.received('prompts/list')).toHaveLength(2);
    expect(server.received('resources/list')).toHaveLength(3);
  });
});

describe('what a server tells by itself', () => {
  it('is logged from the level that every call asks for', async () => {
    const { connection } = await host();
    const notices: ServerNotice[] = [];
    await connection.call('log', {}, quiet);
    connection.onNotice((notice) => notices.push(notice));
    const logs = () => notices.flatMap((one) => (one.type === 'log' ? [one.text] : []));
    const said = async () => {
      notices.length = 0;
      await connection.call('log', {}, quiet);
      return logs();
    };
    await connection.setLogLevel('info', never);
    await expect.poll(said, { timeout: 10_000 }).toEqual(['a info', 'a error']);
    await connection.setLogLevel('error', never);
    await expect.poll(said, { timeout: 10_000 }).toEqual(['a error']);
    const levels = server
      .received('tools/call')
      .map(({ _meta: meta }) => (meta as JsonObject)['io.modelcontextprotocol/logLevel']);
    expect([...new Set(levels)]).toEqual([undefined, 'info', 'error']);
  });

  it('is listened for, resource by resource', async () => {
    const { connection } = await host();
    const notices: ServerNotice[] = [];
    connection.onNotice((notice) => notices.push(notice));
    expect(connection.info.offers.subscriptions).toBe(true);
    await connection.subscribe('mem://note', never);
    await connection.subscribe('mem://other', never);
    const filters = () =>
      server
        .received('subscriptions/listen')
        .map((params) => (params['notifications'] as JsonObject)['resourceSubscriptions'])
        .filter((uris) => uris !== undefined);
    expect(filters()).toEqual([['mem://note'], ['mem://note', 'mem://other']]);
    server.touch('mem://note');
    const updated = { type: 'resource-updated', uri: 'mem://note' };
    await expect.poll(() => notices, { timeout: 10_000 }).toContainEqual(updated);
    await connection.unsubscribe('mem://note', never);
    notices.length = 0;
    server.touch('mem://note');
    server.touch('mem://other');
    const other = { type: 'resource-updated', uri: 'mem://other' };
    await expect.poll(() => notices, { timeout: 10_000 }).toContainEqual(other);
    expect(notices).not.toContainEqual(updated);
  });
});
