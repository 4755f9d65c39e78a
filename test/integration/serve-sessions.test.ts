import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startSampleServer } from '../../src/serve/server.js';
import type { SampleServer, SampleServerOptions } from '../../src/serve/types.js';
import {
  accept,
  bearer,
  initialize,
  json,
  open,
  openMcp,
  openSse,
  type RawStream,
  rpc,
  send,
} from '../unit/serve/raw-client.js';

const A = 'token-of-alice';
const B = 'token-of-bob';

let server: SampleServer;
let streams: RawStream[];

async function start(options: Partial<SampleServerOptions> = {}): Promise<SampleServer> {
  const tokens = [
    { name: 'alice', token: A },
    { name: 'bob', token: B },
  ];
  return startSampleServer({ kind: 'math', tokens, ...options });
}

beforeEach(async () => {
  streams = [];
  server = await start();
});
afterEach(async () => {
  for (const stream of streams) stream.close();
  await server.close();
});

const hello = (name: string, id: number) =>
  rpc('tools/call', { name: 'say_hello', arguments: { name } }, id);

test("SSE: another principal's POST is 404 and nothing reaches either stream", async () => {
  const alice = await openSse(server, A);
  const bob = await openSse(server, B);
  streams.push(alice.stream, bob.stream);
  const before = [alice.stream.seen(), bob.stream.seen()];

  const answer = await alice.post(hello('Mallory', 7), B);
  expect(answer.status).toBe(404);
  const unknown = await send(server, {
    method: 'POST',
    path: '/messages?sessionId=00000000-0000-4000-8000-000000000000',
    headers: [bearer(B), json],
    body: hello('Mallory', 7),
  });
  expect([unknown.status, unknown.text]).toEqual([answer.status, answer.text]);
  for (const token of ['', 'wrong']) {
    expect((await alice.post(hello('Mallory', 8), token)).status).toBe(401);
  }

  // The victim's own next message is the next thing on the stream.
  await alice.post(hello('Alice', 9));
  await alice.stream.until(/Hello, Alice!/);
  await sleep(50);
  expect(alice.stream.seen()).not.toContain('Mallory');
  expect(bob.stream.seen()).toBe(before[1]);
  expect(alice.stream.seen().startsWith(before[0] ?? '-')).toBe(true);
});

test("/mcp: another principal's POST, GET and DELETE are 404 and the session lives on", async () => {
  const alice = await openMcp(server, A);
  const stream = open(server, { path: '/mcp', headers: alice.headers(A) });
  streams.push(stream);
  await stream.until(/^HTTP\/1\.1 200/);
  expect((await alice.post(hello('Mallory', 7), B)).status).toBe(404);
  for (const method of ['GET', 'DELETE']) {
    const answer = await send(server, { method, path: '/mcp', headers: alice.headers(B) });
    expect([method, answer.status]).toEqual([method, 404]);
    const anonymous = await send(server, {
      method,
      path: '/mcp',
      headers: [accept, ['Mcp-Session-Id', alice.id]],
    });
    expect([method, anonymous.status]).toEqual([method, 401]);
  }
  expect((await alice.post(hello('Alice', 8))).text).toContain('Hello, Alice!');
  expect(stream.seen()).not.toContain('Mallory');
});

test('two sessions with the same request ids get their own answers', async () => {
  const alice = await openSse(server, A);
  const bob = await openSse(server, B);
  streams.push(alice.stream, bob.stream);
  await Promise.all(
    [1, 2, 3].flatMap((id) => [alice.post(hello(`a${id}`, id)), bob.post(hello(`b${id}`, id))]),
  );
  await alice.stream.until(/"id":3/);
  await bob.stream.until(/"id":3/);
  await alice.post(rpc('ping', {}, 4));
  await alice.stream.until(/"id":4/);
  expect(
    alice.stream
      .seen()
      .match(/Hello, \w+/g)
      ?.toSorted(),
  ).toEqual(['Hello, a1', 'Hello, a2', 'Hello, a3']);
  expect(bob.stream.seen()).not.toMatch(/Hello, a/);
});

test.each([
  '__proto__',
  'constructor',
  'toString',
  '%00',
  '%0d%0aX:1',
  'a'.repeat(8_000),
  '../x',
  '%F0%9F',
])('SSE: the session id %s is unknown, no more', async (id) => {
  const { stream } = await openSse(server, A);
  streams.push(stream);
  const answer = await send(server, {
    method: 'POST',
    path: `/messages?sessionId=${id}`,
    headers: [bearer(A), json],
    body: hello('x', 1),
  });
  expect(answer.status).toBe(404);
  expect(answer.text).not.toContain(id);
});

test('SSE: none, an empty one or two session ids are 400, with one client connected', async () => {
  const { stream, endpoint } = await openSse(server, A);
  streams.push(stream);
  const id = endpoint.split('=')[1] ?? '';
  for (const query of [
    '',
    '?',
    '?sessionId=',
    `?sessionId=${id}&sessionId=${id}`,
    `?session_id=${id}`,
    `?sessionId[]=${id}`,
  ]) {
    const answer = await send(server, {
      method: 'POST',
      path: `/messages${query}`,
      headers: [bearer(A), json],
      body: hello('Mallory', 1),
    });
    expect([query, answer.status]).toEqual([query, 400]);
  }
  expect(stream.seen()).not.toContain('Mallory');
});

test.each(['__proto__', 'constructor', 'mine-please', 'a'.repeat(8_000)])(
  '/mcp: a session id of the client (%s) is refused, also to initialize',
  async (id) => {
    for (const body of [initialize, hello('x', 1)]) {
      const answer = await send(server, {
        method: 'POST',
        path: '/mcp',
        headers: [bearer(A), json, accept, ['Mcp-Session-Id', id]],
        body,
      });
      expect(answer.status).toBe(404);
    }
  },
);

test('/mcp: no session id, or two, is refused', async () => {
  const { id } = await openMcp(server, A);
  const request = { method: 'POST', path: '/mcp', body: hello('x', 1) } as const;
  const none = await send(server, { ...request, headers: [bearer(A), json, accept] });
  expect(none.status).toBe(400);
  const empty = await send(server, {
    ...request,
    headers: [bearer(A), json, accept, ['Mcp-Session-Id', '']],
  });
  expect(empty.status).toBe(404);
  const session = ['Mcp-Session-Id', id] as const;
  const two = await send(server, {
    ...request,
    headers: [bearer(A), json, accept, session, session],
  });
  expect(two.status).toBe(404);
  for (const method of ['GET', 'DELETE']) {
    expect(
      (await send(server, { method, path: '/mcp', headers: [bearer(A), accept] })).status,
    ).toBe(400);
  }
});

test('an id of one transport means nothing to the other', async () => {
  const sse = await openSse(server, A);
  streams.push(sse.stream);
  const mcp = await openMcp(server, A);
  const sseId = sse.endpoint.split('=')[1] ?? '';
  const onMcp = await send(server, {
    method: 'POST',
    path: '/mcp',
    headers: [bearer(A), json, accept, ['Mcp-Session-Id', sseId]],
    body: hello('x', 1),
  });
  const onSse = await send(server, {
    method: 'POST',
    path: `/messages?sessionId=${mcp.id}`,
    headers: [bearer(A), json],
    body: hello('x', 1),
  });
  expect([onMcp.status, onSse.status]).toEqual([404, 404]);
});

test('a session ends with its stream, with DELETE, and is dead at once', async () => {
  const sse = await openSse(server, A);
  sse.stream.close();
  await expect.poll(async () => (await sse.post(hello('x', 1))).status).toBe(404);

  const mcp = await openMcp(server, A);
  const ended = await send(server, { method: 'DELETE', path: '/mcp', headers: mcp.headers(A) });
  expect(ended.status).toBe(200);
  expect((await mcp.post(hello('x', 1))).status).toBe(404);
  expect(
    (await send(server, { method: 'DELETE', path: '/mcp', headers: mcp.headers(A) })).status,
  ).toBe(404);
});

test('SSE: a stream that ends while a message comes in takes the session along', async () => {
  const sse = await openSse(server, A);
  const body = hello('Late', 1);
  const half = open(server, {
    method: 'POST',
    path: sse.endpoint,
    headers: [bearer(A), json, ['Content-Length', String(body.length)]],
    body: body.slice(0, 10),
  });
  streams.push(half);
  await sse.post(rpc('ping', {}, 1));
  sse.stream.close();
  await expect.poll(async () => (await sse.post(hello('x', 1))).status).toBe(404);
  half.write(body.slice(10));
  expect((await half.until(/^HTTP\/1\.1 (\d+)/))[1]).toBe('404');
});

test('20 session ids: all different, all random', async () => {
  const ids = new Set<string>();
  for (let count = 0; count < 10; count += 1) {
    ids.add((await openMcp(server, A)).id);
    const sse = await openSse(server, A);
    streams.push(sse.stream);
    ids.add(sse.endpoint.split('=')[1] ?? '');
  }
  expect(ids.size).toBe(20);
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('Last-Event-ID brings nothing back', async () => {
  const alice = await openMcp(server, A);
  await alice.post(hello('Alice', 1));
  const stream = open(server, {
    path: '/mcp',
    headers: [...alice.headers(A), ['Last-Event-ID', '1']],
  });
  streams.push(stream);
  await stream.until(/^HTTP\/1\.1 200[^]*\r\n\r\n/);
  await sleep(100);
  expect(stream.seen()).not.toContain('Alice');
});

test('a session nobody uses ends; one with an open stream does not', async () => {
  const idle = await start({ limits: { sessionIdleMs: 700 } });
  try {
    const sse = await openSse(idle, A);
    streams.push(sse.stream);
    const forgotten = await openMcp(idle, A);
    const held = await openMcp(idle, A);
    const stream = open(idle, { path: '/mcp', headers: held.headers(A) });
    streams.push(stream);
    await stream.until(/^HTTP\/1\.1 200/);
    await sleep(2200);
    expect((await forgotten.post(hello('x', 1))).status).toBe(404);
    expect((await held.post(hello('Held', 1))).text).toContain('Hello, Held!');
    await sse.post(hello('Quiet', 1));
    await sse.stream.until(/Hello, Quiet!/);
  } finally {
    await idle.close();
  }
});

test('one principal cannot use up the sessions of the other', async () => {
  const small = await start({ limits: { sessionsPerPrincipal: 2 } });
  try {
    for (let count = 0; count < 2; count += 1) {
      streams.push((await openSse(small, A)).stream);
      await openMcp(small, A);
    }
    const sse = await send(small, { path: '/sse', headers: [bearer(A)] });
    expect(sse.status).toBe(503);
    expect(sse.headers['retry-after']).toBeDefined();
    expect((await openMcp(small, A)).begun.status).toBe(503);
    expect((await openMcp(small, B)).begun.status).toBe(200);
    streams.push((await openSse(small, B)).stream);
  } finally {
    await small.close();
  }
});

test('open requests are counted until they are closed', async () => {
  const small = await start({ limits: { openRequestsPerPrincipal: 3 } });
  try {
    const mine = [1, 2, 3].map(() => open(small, { path: '/sse', headers: [bearer(A)] }));
    await Promise.all(mine.map((stream) => stream.until(/event: endpoint/)));
    expect((await send(small, { path: '/sse', headers: [bearer(A)] })).status).toBe(503);
    mine[0]?.close();
    await expect
      .poll(async () => {
        const stream = open(small, { path: '/sse', headers: [bearer(A)] });
        streams.push(stream);
        return (await stream.until(/^HTTP\/1\.1 (\d+)/))[1];
      })
      .toBe('200');
    for (const stream of mine) stream.close();
  } finally {
    await small.close();
  }
});

test('comments keep quiet streams open', async () => {
  const lively = await start({ keepAliveMs: 50 });
  try {
    const sse = await openSse(lively, A);
    const mcp = await openMcp(lively, A);
    const stream = open(lively, { path: '/mcp', headers: mcp.headers(A) });
    streams.push(sse.stream, stream);
    await sse.stream.until(/\n: keepalive\n\n[^]*\n: keepalive\n\n/);
    await stream.until(/\n: keepalive\n\n[^]*\n: keepalive\n\n/);
    for (const seen of [sse.stream.seen(), stream.seen()]) {
      expect(seen).toMatch(/content-type: text\/event-stream/i);
      expect(seen).toMatch(/cache-control: no-cache, no-transform/i);
      expect(seen).toMatch(/x-accel-buffering: no/i);
    }
  } finally {
    await lively.close();
  }
});

test('a reader that stopped reading is cut off', async () => {
  const strict = await start({ keepAliveMs: 20, limits: { queuedBytes: 10_000 } });
  try {
    const { stream, post } = await openSse(strict, A);
    stream.pause();
    const name = 'x'.repeat(900_000);
    // The kernel takes a few megabytes before the server notices.
    await expect
      .poll(async () => (await post(hello(name, 1))).status, { timeout: 15_000, interval: 1 })
      .toBe(404);
    stream.close();
  } finally {
    await strict.close();
  }
});

test('close ends streams and sessions at once, and again changes nothing', async () => {
  const { stream } = await openSse(server, A);
  const mcp = await openMcp(server, A);
  const get = open(server, { path: '/mcp', headers: mcp.headers(A) });
  await get.until(/^HTTP\/1\.1 200/);
  await server.close();
  await expect.poll(() => stream.ended && get.ended).toBe(true);
  await server.close();
});

test('the signal ends it too', async () => {
  const controller = new AbortController();
  const other = await start({ signal: controller.signal });
  const { stream } = await openSse(other, A);
  controller.abort();
  await expect.poll(() => stream.ended).toBe(true);
  await expect(start({ signal: controller.signal })).rejects.toThrow('Interrupted');
});
