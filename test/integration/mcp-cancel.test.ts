import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ServerDefinition } from '../../src/config/types.js';
import { failureOf, open, quiet } from '../servers/connect.js';
import { local, remote } from '../servers/definitions.js';
import { startRawHttp, startRawSse, type RawAnswer, type RawRequest } from '../servers/raw-mcp.js';
import { isGone } from '../servers/pool.js';
import { endKept, kept } from '../support/kept.js';

const ERAS = path.join(import.meta.dirname, '../servers/eras.mjs');
const WAIT = { timeout: 15_000 };

let home = '';
let log = '';
beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'cancel-'));
  log = path.join(home, 'log');
});
afterEach(async () => {
  await endKept();
  await rm(home, { recursive: true, force: true });
});

const heard = async () => (await readFile(log, 'utf8').catch(() => '')).trim().split('\n');
const echo = { name: 'echo', inputSchema: { type: 'object' } };
const hints = { ttlMs: 0, cacheScope: 'private', resultType: 'complete' };

/** A server far away that never answers one method, and writes down what it was sent. */
async function startMute(kind: 'http' | 'sse' | 'modern', mute: string) {
  const messages: RawRequest[] = [];
  /** Answers that were given up before they came. */
  let dropped = 0;
  const answer: RawAnswer = (message, response) => {
    messages.push(message);
    if (message.method === mute) {
      if (kind === 'sse') response.writeHead(202).end();
      else if (mute === 'tools/call') {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(': open\n\n');
      }
      response.on('close', () => (dropped += response.writableFinished ? 0 : 1));
      return true;
    }
    return kind === 'modern' ? answerModern(message, response) : withSession(message, response);
  };
  const server = await kept(
    kind === 'sse'
      ? startRawSse((response) => response.write('event: endpoint\ndata: /messages\n\n'), answer)
      : startRawHttp(answer),
  );
  const url = `${server.url}/${kind === 'sse' ? 'sse' : 'mcp'}`;
  return {
    definition: remote(url, { protocol: kind === 'modern' ? '2026-07-28' : 'legacy' }),
    seen: server.seen,
    methods: () => messages.map(({ method }) => method),
    find: (method: string) => messages.find((message) => message.method === method),
    dropped: () => dropped,
  };
}

function withSession({ method }: RawRequest, response: ServerResponse): false {
  if (method === 'initialize') response.setHeader('mcp-session-id', 'a-session');
  return false;
}

function answerModern({ id, method }: RawRequest, response: ServerResponse): true {
  const result =
    method === 'server/discover'
      ? { ...hints, supportedVersions: ['2026-07-28'], capabilities: { tools: {} } }
      : { ...hints, tools: [echo] };
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
  return true;
}

/** Starts something, and gives it up when it is on its way. */
async function giveUp(begin: (signal: AbortSignal) => Promise<unknown>, until: () => unknown) {
  const controller = new AbortController();
  const failing = failureOf(begin(controller.signal));
  await expect.poll(until, WAIT).toBe(true);
  controller.abort();
  expect((await failing).code).toBe('interrupted');
}

const call = async (server: ServerDefinition, until: () => unknown) => {
  const connection = await kept(open(server));
  await giveUp((signal) => connection.call('echo', { hang: true }, { signal }), until);
  return connection;
};

describe('a call that is given up', () => {
  for (const kind of ['http', 'sse'] as const) {
    it(`is cancelled over ${kind}, and the session ended`, async () => {
      const server = await startMute(kind, 'tools/call');
      const connection = await call(server.definition, () =>
        server.methods().includes('tools/call'),
      );
      await expect
        .poll(() => server.find('notifications/cancelled'), WAIT)
        .toMatchObject({
          params: { requestId: server.find('tools/call')?.id },
        });
      await connection.close();
      if (kind === 'sse') return;
      const end = () => server.seen.find(({ method }) => method === 'DELETE')?.headers;
      await expect.poll(end, WAIT).toMatchObject({ 'mcp-session-id': 'a-session' });
    });
  }

  it('of the new revision ends its stream, and sends nothing', async () => {
    const server = await startMute('modern', 'tools/call');
    const connection = await call(server.definition, () => server.methods().includes('tools/call'));
    await expect.poll(server.dropped, WAIT).toBe(1);
    await connection.close();
    expect(server.methods()).toEqual(['server/discover', 'tools/list', 'tools/call']);
    expect(server.seen.every(({ method }) => method === 'POST')).toBe(true);
  });

  for (const mode of ['legacy', 'modern']) {
    it(`is cancelled over stdio, ${mode}, and the process ended`, async () => {
      const pids: number[] = [];
      const connection = await kept(
        open(local(process.execPath, [ERAS, log, mode]), {
          dial: { onProcess: ({ pid }) => pids.push(pid) },
        }),
      );
      const controller = new AbortController();
      const { signal } = controller;
      const failing = failureOf(connection.call('echo', { hang: true }, { signal }));
      await expect.poll(async () => (await heard()).includes('tools/call'), WAIT).toBe(true);
      controller.abort();
      expect((await failing).code).toBe('interrupted');
      await expect.poll(async () => (await heard()).at(-1), WAIT).toBe('notifications/cancelled');
      // It goes on with the next one.
      expect((await connection.call('echo', {}, quiet)).isError).toBe(false);
      await connection.close();
      await expect.poll(() => pids.every(isGone), WAIT).toBe(true);
    });
  }

  it('is not noisy when its answer comes late', async () => {
    let late: (() => void) | undefined;
    const server = await kept(
      startRawHttp(({ id, method, params }, response) => {
        if (method !== 'tools/call') return false;
        const args = params?.['arguments'] as { hang?: boolean };
        if (args.hang !== true) return false;
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(': open\n\n');
        late = () => {
          const message = { jsonrpc: '2.0', id, result: { content: [] } };
          response.end(`data: ${JSON.stringify(message)}\n\n`);
        };
        return true;
      }),
    );
    const warnings: string[] = [];
    const definition = remote(`${server.url}/mcp`, { protocol: 'legacy' });
    const connection = await kept(open(definition, { onWarning: (text) => warnings.push(text) }));
    await giveUp(
      (signal) => connection.call('echo', { hang: true }, { signal }),
      () => late !== undefined,
    );
    late?.();
    expect((await connection.call('echo', {}, quiet)).isError).toBe(false);
    expect(warnings).toEqual([]);
  });
});

describe('connecting that is given up', () => {
  for (const [kind, mute] of [
    ['http', 'initialize'],
    ['http', 'tools/list'],
    ['sse', 'initialize'],
    ['sse', 'tools/list'],
    ['modern', 'server/discover'],
    ['modern', 'tools/list'],
  ] as const) {
    it(`over ${kind} at ${mute} leaves nothing open`, async () => {
      const server = await startMute(kind, mute);
      await giveUp(
        (signal) => open(server.definition, { signal }),
        () => server.methods().includes(mute),
      );
      if (kind !== 'sse') await expect.poll(server.dropped, WAIT).toBe(1);
      // An `initialize` must not be cancelled (2025-11-25/basic/utilities/cancellation).
      if (mute === 'initialize') expect(server.methods()).toEqual(['initialize']);
      if (kind === 'http' && mute === 'tools/list') {
        await expect.poll(() => server.seen.at(-1)?.method, WAIT).toBe('DELETE');
      }
    });
  }

  it('over stdio ends the process, also while it is asked for its era', async () => {
    const silent = local(process.execPath, ['-e', 'process.stdin.resume()']);
    const pids: number[] = [];
    await giveUp(
      (signal) => open(silent, { signal, dial: { onProcess: ({ pid }) => pids.push(pid) } }),
      () => pids.length === 1,
    );
    await expect.poll(() => pids.every(isGone), WAIT).toBe(true);
  });
});
