import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { ServerDefinition } from '../../src/config/types.js';
import type { JsonObject, JsonValue } from '../../src/core/json.js';
import type { Connection } from '../../src/mcp/types.js';
import { open, quiet, textOf } from '../servers/connect.js';
import { local } from '../servers/definitions.js';
import { endKept, kept } from '../support/kept.js';
import { answering, silent, type AskedPorts, type PortAnswers } from '../support/ports.js';

/** Servers that ask too much, too often, or for what nobody should give (asking.mjs). */
const ASKING = path.join(import.meta.dirname, '../servers/asking.mjs');
afterEach(endKept);

interface Host {
  connection: Connection;
  ports: AskedPorts;
  warnings: string[];
  call: (tool: string, args?: JsonObject) => Promise<JsonValue>;
}

async function host(answers?: PortAnswers, overrides?: Partial<ServerDefinition>): Promise<Host> {
  const ports = answering(answers);
  const warnings: string[] = [];
  const server = { ...local(process.execPath, [ASKING]), ...overrides } as ServerDefinition;
  const connection = await kept(
    open(server, { dial: { ports }, onWarning: (message) => warnings.push(message) }),
  );
  return {
    connection,
    ports,
    warnings,
    call: async (tool, args = {}) => {
      const text = textOf(await connection.call(tool, args, quiet));
      try {
        return JSON.parse(text) as JsonValue;
      } catch {
        return text;
      }
    },
  };
}

const elicit = (requestedSchema: JsonValue, more: JsonObject = {}): JsonObject => ({
  method: 'elicitation/create',
  params: { message: 'Well?', requestedSchema, ...more },
});
const form = (properties: JsonObject): JsonObject => ({ type: 'object', properties });
const sample = (params: JsonObject): JsonObject => ({
  method: 'sampling/createMessage',
  params: { maxTokens: 10, messages: [{ role: 'user', content: word('Hi') }], ...params },
});
const word = (text: string): JsonObject => ({ type: 'text', text });

describe('a question that is wrong', () => {
  const nested = { type: 'object', properties: { a: { type: 'string' } } };
  it.each<[string, JsonObject]>([
    ['a nested object', elicit(form({ address: nested }))],
    ['an unknown type', elicit(form({ when: { type: 'null' } }))],
    ['no type', elicit(form({ what: {} }))],
    ['a list of anything', elicit(form({ list: { type: 'array', items: { type: 'string' } } }))],
    ['a list of objects', elicit({ type: 'array', items: nested })],
    ['a choice of numbers', elicit(form({ a: { type: 'string', enum: [1, 2] } }))],
    ['no choice at all', elicit(form({ a: { type: 'string', enum: [] } }))],
    ['a field that is no field', elicit({ ...form({}), required: ['ghost'] })],
    ['no schema', { method: 'elicitation/create', params: { message: 'Well?' } }],
    [
      'a hundred and one fields',
      elicit(form(Object.fromEntries(many(101).map((i) => [`f${i}`, { type: 'string' }])))),
    ],
    ['a huge schema', elicit(form({ a: { type: 'string', title: 'x'.repeat(70_000) } }))],
    ['another mode', elicit(form({}), { mode: 'voice' })],
    ['a mode that is none', elicit(form({}), { mode: 3 })],
    ['no message', { method: 'elicitation/create', params: { requestedSchema: form({}) } }],
    ['no tokens', sample({ maxTokens: 0 })],
    ['no messages', sample({ messages: [] })],
    ['a sound', sample({ messages: [{ role: 'user', content: { type: 'audio', data: '' } }] })],
    ['a system message', sample({ messages: [{ role: 'system', content: word('Hi') }] })],
    [
      'a tool result beside a text',
      sample({ messages: [...used('a'), { role: 'user', content: [...results('a'), word('x')] }] }),
    ],
    ['a result without a use', sample({ messages: [{ role: 'user', content: results('a') }] })],
    [
      'a result for another use',
      sample({ messages: [...used('a'), { role: 'user', content: results('b') }] }),
    ],
    ['a use without a result', sample({ messages: used('a') })],
    [
      'a text longer than anybody reads',
      sample({ messages: [{ role: 'user', content: word('x'.repeat(1_100_000)) }] }),
    ],
  ])('%s: refused with -32602, and told', async (_, question) => {
    const { call, ports, warnings } = await host();
    expect(await call('ask', question)).toMatchObject({ code: -32_602 });
    expect([...ports.elicited, ...ports.sampled]).toEqual([]);
    expect(warnings).toEqual([expect.stringMatching(/^local: \S+ was refused: Invalid/)]);
  });

  it.each([
    'https://good.example\\@evil.example/',
    'https://user:pass@evil.example/',
    'https://evil.example/\r\nSet-Cookie: a=b',
    'https://evil.example/\u202Egpj.exe',
    'data:text/html,<script>',
    'javascript:alert(1)',
    'file:///etc/passwd',
    'http://10.0.0.1/',
    'http://localhost.evil.example/',
    '//evil.example/',
    'https://',
    `https://evil.example/${'x'.repeat(9000)}`,
  ])('a page at %j', async (url) => {
    const { call, ports } = await host();
    expect(await call('ask', elicit({}, { mode: 'url', url }))).toMatchObject({ code: -32_602 });
    expect(ports.elicited).toEqual([]);
  });

  it('shows a host as it is, and a page of this machine', async () => {
    const { call, ports } = await host();
    await call(
      'ask',
      elicit({}, { mode: 'url', url: 'https://аpple.example/a b'.replace(' ', '') }),
    );
    await call('ask', elicit({}, { mode: 'url', url: 'http://127.0.0.1:8080/x' }));
    expect(ports.elicited.map((asked) => asked.mode === 'url' && asked.host)).toEqual([
      'xn--pple-43d.example',
      '127.0.0.1:8080',
    ]);
  });

  it('cuts a message of a megabyte', async () => {
    const { call, ports } = await host();
    const message = 'ä'.repeat(1_000_000);
    expect(await call('ask', elicit(form({}), { message }))).toEqual({
      action: 'accept',
      content: {},
    });
    const shown = ports.elicited[0]?.message ?? '';
    expect(Buffer.byteLength(shown)).toBeLessThan(8200);
    expect(shown.endsWith('ä…')).toBe(true);
  });

  it('asks nobody for what no port is there', async () => {
    const connection = await kept(open(local(process.execPath, [ASKING])));
    for (const question of [elicit(form({})), sample({}), { method: 'roots/list' }]) {
      const result = await connection.call('ask', question, quiet);
      expect(JSON.parse(textOf(result))).toMatchObject({ code: -32_601 });
    }
    expect(JSON.parse(textOf(await connection.call('declared', {}, quiet)))).toEqual({});
  });

  it('declares what somebody answers', async () => {
    const { call } = await host();
    expect(await call('declared')).toEqual({
      elicitation: { form: { applyDefaults: true }, url: {} },
      sampling: { tools: {} },
      roots: { listChanged: true },
    });
    expect(await call('ask', { method: 'tasks/list' })).toMatchObject({ code: -32_601 });
  });
});

describe('too many questions', () => {
  it('ends a loop in one call after ten, with one warning', async () => {
    const { call, ports, warnings } = await host();
    const answers = await call('one_after_another', { ...elicit(form({})), times: 30 });
    const kinds = (answers as JsonObject[]).map(({ action, code }) => action ?? code);
    expect(kinds).toEqual([...many(10).map(() => 'accept'), ...many(20).map(() => -32_000)]);
    expect(ports.elicited).toHaveLength(10);
    expect(warnings).toEqual(['local: elicitation is refused, more than 10 in one call']);
  });

  it('lets no server ask more than its share in a minute, whatever it calls it', async () => {
    const { call, ports } = await host();
    for (let i = 0; i < 4; i += 1) await call('one_after_another', { ...sample({}), times: 4 });
    expect(ports.sampled).toHaveLength(10);
  });

  it('asks one at a time', async () => {
    const { call, ports } = await host({
      elicit: () =>
        new Promise((resolve) => {
          setTimeout(() => resolve({ action: 'decline' }), 20);
        }),
    });
    const answers = await call('asks', { ...elicit(form({})), times: 10 });
    expect(answers).toEqual(many(10).map(() => ({ action: 'decline' })));
    expect(ports.open.most).toBe(1);
  });
});

describe('answers that come too late', () => {
  it('are for nobody when the server takes its question back', async () => {
    const { call, ports } = await host({ elicit: silent });
    expect(await call('take_back', elicit(form({})))).toBe('none');
    expect(ports.open.now).toBe(0);
    expect(await call('ask', { method: 'roots/list' })).toEqual({ roots: [] });
  });

  it('end with the call that asked', async () => {
    const { connection, ports } = await host({ elicit: silent }, { callTimeoutMs: 300 });
    const abort = new AbortController();
    const call = connection.call('ask', elicit(form({})), { signal: abort.signal });
    call.catch(() => {});
    await expect.poll(() => ports.open.now, { timeout: 5000 }).toBe(1);
    abort.abort();
    await expect(call).rejects.toMatchObject({ code: 'interrupted' });
    await expect.poll(() => ports.open.now).toBe(0);
  });
});

describe('a call that wants a page visited first', () => {
  it('is made again when the server says that it was', async () => {
    const { call, ports } = await host();
    const login = { id: 'one', url: 'https://example.com/login' };
    expect(await call('login', login)).toBe('logged in at call 3');
    expect(ports.elicited).toHaveLength(1);
  });

  it('is not made again for a page that may not be opened', async () => {
    const { call, ports } = await host();
    const answer = await call('login', { id: 'two', url: 'javascript:alert(1)' });
    expect(answer).toContain('url must be https');
    expect(ports.elicited).toEqual([]);
  });
});

describe('what sampling is asked for', () => {
  it('arrives as it is, with tools and their results', async () => {
    const { call, ports } = await host({
      sample: () =>
        Promise.resolve({
          model: 'tiny',
          content: [{ type: 'tool_use', id: 'u1', name: 'look', input: { at: 1 } }],
          stopReason: 'toolUse',
        }),
    });
    const messages = [
      { role: 'user', content: word('Hi') },
      ...used('a', 'b'),
      { role: 'user', content: results('a', 'b') },
    ];
    const inputSchema = { type: 'object' };
    const answer = await call(
      'ask',
      sample({
        messages,
        maxTokens: 1_000_000,
        includeContext: 'allServers',
        modelPreferences: { hints: [{ name: 'big' }, {}, { name: 'small' }] },
        tools: [{ name: 'look', inputSchema }],
        toolChoice: { mode: 'required' },
      }),
    );
    expect(answer).toEqual({
      role: 'assistant',
      model: 'tiny',
      content: { type: 'tool_use', id: 'u1', name: 'look', input: { at: 1 } },
      stopReason: 'toolUse',
    });
    expect(ports.sampled[0]).toMatchObject({
      maxTokens: 1_000_000,
      modelHints: ['big', 'small'],
      tools: [{ name: 'look', inputSchema }],
      toolChoice: 'required',
    });
    expect(ports.sampled[0]?.messages[2]?.content).toEqual([
      { type: 'tool_result', toolUseId: 'a', text: 'seen', isError: false },
      { type: 'tool_result', toolUseId: 'b', text: 'seen', isError: false },
    ]);
    expect(ports.sampled[0]).not.toHaveProperty('includeContext');
  });
});

function used(...ids: string[]): JsonObject[] {
  const content = ids.map((id) => ({ type: 'tool_use', id, name: 'look', input: {} }));
  return [{ role: 'assistant', content }];
}

function results(...ids: string[]): JsonObject[] {
  return ids.map((id) => ({ type: 'tool_result', toolUseId: id, content: [word('seen')] }));
}

function many(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
