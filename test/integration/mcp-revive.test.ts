import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ServerDefinition } from '../../src/config/types.js';
import { openServers } from '../../src/mcp/manager.js';
import { reviving } from '../../src/mcp/reviving.js';
import { startServer } from '../../src/mcp/start.js';
import type { Connection } from '../../src/mcp/types.js';
import { startBearer } from '../servers/bearer.js';
import { failureOf, open, quiet, textOf } from '../servers/connect.js';
import { bearer, local, remote } from '../servers/definitions.js';
import { EVERYTHING, startEverything, startFastMcp } from '../servers/peers.js';
import { sendJson, startRawHttp, startRawSse, type RawAnswer } from '../servers/raw-mcp.js';
import { endKept, kept } from '../support/kept.js';

const FRAIL = path.join(import.meta.dirname, '../servers/frail.mjs');
let home = '';
beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'revive-'));
});
afterEach(async () => {
  await endKept();
  await rm(home, { recursive: true, force: true });
});

interface Revived {
  connection: Connection;
  /** Milliseconds of the pauses that were asked for. */
  waits: number[];
}

/** The connection as a run has it, with pauses that take no time. */
async function revive(server: ServerDefinition): Promise<Revived> {
  const waits: number[] = [];
  const options = { env: process.env };
  const connection = reviving(await open(server), {
    server,
    reopen: (signal) => startServer(server, options)({ signal }),
    wait(ms) {
      waits.push(ms);
      return Promise.resolve();
    },
  });
  await kept(connection);
  return { connection, waits };
}

/** A server whose sessions end when the test says so, and which then refuses in its own words. */
async function startForgetful(refuse: (response: ServerResponse, id: unknown) => void) {
  let session = 1;
  const methods: string[] = [];
  const answer: RawAnswer = ({ method, id }, response) => {
    methods.push(method);
    if (method === 'initialize') response.setHeader('mcp-session-id', `session-${session}`);
    else if (response.req.headers['mcp-session-id'] !== `session-${session}`) {
      refuse(response, id);
      return true;
    }
    return false;
  };
  const server = await kept(startRawHttp(answer));
  return {
    definition: remote(`${server.url}/mcp`, { protocol: 'legacy' }),
    methods,
    forget: () => void (session += 1),
  };
}

const words = (status: number, code: number, message: string) => (response: ServerResponse) =>
  void response
    .writeHead(status, { 'content-type': 'application/json' })
    .end(JSON.stringify({ jsonrpc: '2.0', error: { code, message }, id: null }));

describe('a dead session', () => {
  for (const [who, refuse] of [
    ['the SDK', words(404, -32_001, 'Session not found')],
    ['a restarted SDK server', words(400, -32_000, 'Bad Request: Server not initialized')],
    ['gateways', words(400, -32_000, 'Bad Request: No valid session ID provided')],
    ['the Python SDK', words(404, -32_600, 'Session has been terminated')],
    ['a proxy', (response: ServerResponse) => void response.writeHead(404).end('<h1>Not here')],
    [
      'old SSE examples',
      (response: ServerResponse) =>
        void response.writeHead(400).end('No transport found for sessionId'),
    ],
  ] as const) {
    it(`in the words of ${who} is opened anew, and the call sent once more`, async () => {
      const server = await startForgetful(refuse);
      const { connection, waits } = await revive(server.definition);
      server.forget();
      expect(textOf(await connection.call('echo', { a: 1 }, quiet))).toBe('{"a":1}');
      expect(server.methods.filter((method) => method === 'initialize')).toHaveLength(2);
      expect(server.methods.filter((method) => method === 'tools/list')).toHaveLength(2);
      expect(server.methods.filter((method) => method === 'tools/call')).toHaveLength(2);
      expect(waits).toEqual([0]);
    });
  }

  it('told in an answer may have come after the call: nothing is repeated', async () => {
    const server = await startForgetful((response, id) =>
      sendJson(response, {
        jsonrpc: '2.0',
        id,
        error: { code: -32_001, message: 'Session not found' },
      }),
    );
    const { connection } = await revive(server.definition);
    server.forget();
    const error = await failureOf(connection.call('echo', {}, quiet));
    expect(error.message).toContain('has ended the session');
    expect(error.hint).toContain('nothing was repeated');
    expect(server.methods.filter((method) => method === 'tools/call')).toHaveLength(1);
    expect(textOf(await connection.call('echo', { a: 2 }, quiet))).toBe('{"a":2}');
  });

  it('is opened once for calls side by side, each of which is sent once more', async () => {
    const server = await startForgetful(words(404, -32_001, 'Session not found'));
    const { connection } = await revive(server.definition);
    server.forget();
    const answers = await Promise.all(
      [1, 2, 3, 4].map((a) => connection.call('echo', { a }, quiet)),
    );
    expect(answers.map(textOf)).toEqual([1, 2, 3, 4].map((a) => `{"a":${a}}`));
    expect(server.methods.filter((method) => method === 'initialize')).toHaveLength(2);
    expect(server.methods.filter((method) => method === 'tools/call')).toHaveLength(8);
  });

  it('again and again is an error after one repetition', async () => {
    const server = await startForgetful(words(404, -32_001, 'Session not found'));
    const { connection } = await revive(server.definition);
    const { methods } = server;
    const push = methods.push.bind(methods);
    methods.push = (method: string) => {
      if (method === 'tools/call') server.forget();
      return push(method);
    };
    const error = await failureOf(connection.call('echo', {}, quiet));
    expect(error).toMatchObject({ code: 'server_failed', status: 404 });
    expect(methods.filter((method) => method === 'tools/call')).toHaveLength(2);
  });

  it('of a server that speaks of other sessions is none', async () => {
    const server = await kept(
      startRawHttp(({ id, method }, response) => {
        if (method !== 'tools/call') return false;
        const message =
          'Browser session 5 could not be started, because the tab was closed. '.repeat(9);
        sendJson(response, { jsonrpc: '2.0', id, error: { code: -32_000, message } });
        return true;
      }),
    );
    const { connection, waits } = await revive(remote(`${server.url}/mcp`, { protocol: 'legacy' }));
    expect((await connection.call('echo', {}, quiet)).isError).toBe(true);
    expect(waits).toEqual([]);
  });

  for (const transport of ['sse', 'http'] as const) {
    it(`of a server of the SDK over ${transport} is opened anew by openServers`, async () => {
      const server = await kept(startBearer());
      const url = transport === 'sse' ? server.sseUrl : server.mcpUrl;
      const [result] = await openServers([remote(url)], {
        signal: quiet.signal,
        env: process.env,
      });
      const connection = await kept(result?.connection ?? Promise.reject(new Error('none')));
      server.forget();
      const said = await connection.call('say_hello', { name: 'Bob' }, quiet);
      expect(textOf(said)).toBe('Hello Bob');
    });
  }
});

describe('a server that is started again', () => {
  for (const transport of ['sse', 'http'] as const) {
    it(`on its port over ${transport} is used again`, async () => {
      const first = await startBearer();
      const url = transport === 'sse' ? first.sseUrl : first.mcpUrl;
      const { connection, waits } = await revive(remote(url));
      await first.close();
      const second = await kept(startBearer({ port: first.port }));
      const greet = () => connection.call('say_hello', { name: 'Bob' }, quiet).then(textOf, String);
      // A keep-alive socket that was cut may carry the first one away.
      await expect.poll(greet, { timeout: 15_000 }).toBe('Hello Bob');
      expect(second.methods.filter((method) => method === 'tools/call').length).toBeLessThan(3);
      expect(waits.length).toBeLessThan(3);
    });
  }

  for (const [name, start, at] of [
    ['server-everything', () => startEverything('streamableHttp'), '/mcp'],
    ['fastmcp', () => startFastMcp('token'), '/mcp'],
    ['fastmcp', () => startFastMcp('token'), '/sse'],
  ] as const) {
    it(`and has lost its sessions is used again: ${name} ${at}`, async () => {
      const peer = await start();
      const headers = bearer('token');
      const server = remote(`${peer.url}${at}`, { headers });
      const { connection } = await revive(server);
      const tool = connection.tools.some(({ name: one }) => one === 'echo')
        ? 'echo'
        : 'add_numbers';
      const args = tool === 'echo' ? { message: 'hi' } : { number1: 2, number2: 3 };
      const call = () => connection.call(tool, args, quiet);
      expect((await call()).isError).toBe(false);
      const port = Number(new URL(peer.url).port);
      await peer.close();
      await kept(restart(name, port));
      expect((await call().catch(call)).isError).toBe(false);
    });
  }

  it('not at all is an error after a few tries', async () => {
    const server = await startBearer();
    const { connection, waits } = await revive(remote(server.mcpUrl));
    await server.close();
    const ping = () => connection.ping(quiet.signal);
    const error = await failureOf(ping().catch(ping));
    expect(error.code).toBe('server_unreachable');
    expect(waits).toHaveLength(3);
    const again = await failureOf(connection.call('say_hello', {}, quiet));
    expect(again.message).toContain('3 attempts failed');
  });
});

describe('a stream that breaks off', () => {
  it('of SSE fails what runs on it, at once, and is opened anew by the next use', async () => {
    let stream: ServerResponse | undefined;
    let opened = 0;
    const calls: unknown[] = [];
    const server = await kept(
      startRawSse(
        (response) => {
          stream = response;
          opened += 1;
          response.write('event: endpoint\ndata: /messages\n\n');
        },
        ({ method, params }, response) => {
          if (method !== 'tools/call') return false;
          calls.push(params);
          if (calls.length > 1) return false;
          response.writeHead(202).end();
          setImmediate(() => stream?.destroy());
          return true;
        },
      ),
    );
    const { connection, waits } = await revive(remote(`${server.url}/sse`));
    const error = await failureOf(connection.call('echo', { n: 1 }, quiet));
    expect(error.message).toContain('may or may not have run');
    expect(textOf(await connection.call('echo', { n: 2 }, quiet))).toBe('{"n":2}');
    expect([opened, calls.length, waits.length]).toEqual([2, 2, 1]);
  });

  for (const method of ['tools/call', 'prompts/list']) {
    const word = method === 'tools/call' ? 'not ' : '';
    it(`under ${method} of the new revision is ${word}asked again`, async () => {
      const ids: unknown[] = [];
      const server = await kept(startModernRaw(method, ids));
      const definition = remote(`${server.url}/mcp`, { protocol: '2026-07-28' });
      const { connection } = await revive(definition);
      if (method === 'tools/call') {
        const error = await failureOf(connection.call('echo', {}, quiet));
        expect(error.message).toContain('may or may not have run');
        expect(ids).toHaveLength(1);
      } else {
        expect(await connection.listPrompts(quiet.signal)).toHaveLength(1);
        expect(new Set(ids).size).toBe(2);
      }
    });
  }
});

describe('a child process that dies', () => {
  const frail = () => local(process.execPath, [FRAIL, path.join(home, 'state')]);
  const state = async (changes: object) =>
    writeFile(path.join(home, 'state'), JSON.stringify(changes));
  const starts = async () =>
    (await readFile(path.join(home, 'state.log'), 'utf8')).split('\n').filter(Boolean);

  it('is started again by the next use; the call it died of is not repeated', async () => {
    await state({});
    const { connection, waits } = await revive(frail());
    const error = await failureOf(connection.call('die', {}, quiet));
    expect(error.message).toContain('may or may not have run');
    expect(waits).toEqual([]);
    expect(textOf(await connection.call('echo', { n: 1 }, quiet))).toBe('{"n":1}');
    expect(waits).toHaveLength(1);
    expect((await starts()).filter((line) => line === 'start')).toHaveLength(2);
    expect((await starts()).filter((line) => line === 'call die')).toHaveLength(1);
  });

  it('is given up after a few starts', async () => {
    await state({});
    const { connection, waits } = await revive(frail());
    for (let n = 0; n < 3; n += 1) await failureOf(connection.call('die', {}, quiet));
    const error = await failureOf(connection.call('echo', {}, quiet));
    expect(error.message).toContain('Given up');
    expect(waits).toHaveLength(2);
  });

  it('and comes back with another tool of the name: that is not called', async () => {
    await state({});
    const { connection } = await revive(frail());
    await state({ description: 'Deletes everything' });
    await failureOf(connection.call('die', {}, quiet));
    const error = await failureOf(connection.call('echo', {}, quiet));
    expect(error.message).toContain('is another one');
    await state({ without: 'echo' });
    await failureOf(connection.call('die', {}, quiet));
    expect((await failureOf(connection.call('echo', {}, quiet))).message).toContain('is gone');
    expect(await starts()).not.toContain('call echo');
  });

  it('leaves a server of real code as it was', async () => {
    const { connection } = await revive(local(process.execPath, [EVERYTHING, 'stdio']));
    const said = await connection.call('echo', { message: 'hi' }, quiet);
    expect(textOf(said)).toContain('hi');
  });

  it('is not started again once it is closed', async () => {
    await state({});
    const { connection } = await revive(frail());
    await connection.close();
    const error = await failureOf(connection.call('echo', {}, quiet));
    expect(error.message).toContain('closed');
    expect(await starts()).toEqual(['start']);
  });
});

function restart(name: string, port: number) {
  return name === 'fastmcp' ? startFastMcp('token', port) : startEverything('streamableHttp', port);
}

/** Breaks the first stream of one method. */
function startModernRaw(broken: string, ids: unknown[]) {
  const hints = { ttlMs: 0, cacheScope: 'private', resultType: 'complete' };
  const results: Readonly<Record<string, object>> = {
    'server/discover': {
      supportedVersions: ['2026-07-28'],
      capabilities: { tools: {}, prompts: {} },
    },
    'tools/list': { tools: [{ name: 'echo', inputSchema: { type: 'object' } }] },
    'prompts/list': { prompts: [{ name: 'one' }] },
  };
  return startRawHttp(({ id, method }, response) => {
    if (method === broken) ids.push(id);
    if (method === broken && ids.length === 1) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(': and gone\n\n');
    } else sendJson(response, { jsonrpc: '2.0', id, result: { ...hints, ...results[method] } });
    return true;
  });
}
