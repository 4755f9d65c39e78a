import { afterEach, beforeEach, expect, test } from 'vitest';
import { startSampleServer } from '../../src/serve/server.js';
import type { SampleServer } from '../../src/serve/types.js';
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
const tokens = [{ name: 'alice', token: A }];

let server: SampleServer;
let stream: RawStream;
let sse: Awaited<ReturnType<typeof openSse>>;
let mcp: Awaited<ReturnType<typeof openMcp>>;

beforeEach(async () => {
  server = await startSampleServer({
    kind: 'math',
    tokens,
    allowedHosts: ['mcp.example', 'proxy.example:8443'],
    allowedOrigins: ['https://app.example'],
  });
  sse = await openSse(server, A);
  stream = sse.stream;
  mcp = await openMcp(server, A);
});
afterEach(async () => {
  stream.close();
  await server.close();
});

/** A POST to each of the two message endpoints, both with a live session. */
const endpoints = () => [
  { path: sse.endpoint, headers: [bearer(A)] },
  { path: '/mcp', headers: [bearer(A), accept, ['Mcp-Session-Id', mcp.id]] as const },
];

async function postBoth(type: string | undefined, body: string | Buffer) {
  const answers = [];
  for (const { path, headers } of endpoints()) {
    const typed = type === undefined ? headers : [...headers, ['Content-Type', type] as const];
    answers.push(await send(server, { method: 'POST', path, headers: typed, body }));
  }
  return answers;
}

async function expectAlive() {
  await sse.post(rpc('ping', {}, 99));
  await stream.until(/"id":99/);
  expect((await mcp.post(rpc('ping', {}, 99))).text).toContain('"id":99');
}

test.each([
  'evil.example',
  'localhost.evil.example',
  '127.0.0.1',
  '127.0.0.1:1',
  'localhost:1',
  'x@127.0.0.1',
  '127.0.0.1.evil.example',
  '',
])('the Host %j is refused on every route, with the token and without', async (name) => {
  const host = [
    'Host',
    name.includes(':') || name === '127.0.0.1' ? name : `${name}:${server.port}`,
  ] as const;
  for (const [method, path] of [
    ['GET', '/sse'],
    ['POST', sse.endpoint],
    ['POST', '/mcp'],
    ['DELETE', '/mcp'],
    ['OPTIONS', '/mcp'],
    ['GET', '/.well-known/x'],
  ]) {
    for (const headers of [[host], [host, bearer(A)]]) {
      const answer = await send(server, { method: method ?? '', path: path ?? '', headers });
      expect([method, path, answer.status]).toEqual([method, path, 403]);
      expect(answer.text).not.toContain('evil');
    }
  }
});

test('two Host headers are refused', async () => {
  const good = ['Host', `127.0.0.1:${server.port}`] as const;
  const answer = await send(server, {
    path: '/sse',
    headers: [good, ['Host', 'evil.example'], bearer(A)],
  });
  expect([400, 403]).toContain(answer.status);
});

test('our own address, localhost and allowed names are served', async () => {
  const { port } = server;
  for (const host of [
    `127.0.0.1:${port}`,
    `localhost:${port}`,
    `LOCALHOST:${port}`,
    'mcp.example',
    'mcp.example:1234',
    'proxy.example:8443',
  ]) {
    const opened = open(server, { path: '/sse', headers: [['Host', host], bearer(A)] });
    await opened.until(/^HTTP\/1\.1 200/);
    opened.close();
  }
  const other = await send(server, {
    path: '/sse',
    headers: [['Host', 'proxy.example:80'], bearer(A)],
  });
  expect(other.status).toBe(403);
});

test.each([
  'https://evil.example',
  'null',
  'http://localhost.evil.example',
  'http://127.0.0.1.evil.example',
  'http://127.0.0.1:1',
  'https://app.example.evil',
  'https://app.example:444',
  '',
])('the Origin %j is refused on every route, with the token and without', async (value) => {
  const origin = ['Origin', value] as const;
  for (const [method, path] of [
    ['GET', '/sse'],
    ['POST', sse.endpoint],
    ['GET', '/mcp'],
    ['POST', '/mcp'],
    ['DELETE', '/mcp'],
    ['OPTIONS', '/sse'],
  ]) {
    for (const headers of [[origin], [origin, bearer(A)]]) {
      const answer = await send(server, { method: method ?? '', path: path ?? '', headers });
      expect([method, path, answer.status]).toEqual([method, path, 403]);
      expect(answer.wire).not.toMatch(/access-control|evil/i);
    }
  }
  await expectAlive();
});

test('an allowed Origin may call from a browser, and no other learns of it', async () => {
  const origin = ['Origin', 'https://app.example'] as const;
  const preflight = await send(server, {
    method: 'OPTIONS',
    path: '/mcp',
    headers: [origin, ['Access-Control-Request-Method', 'POST']],
  });
  expect(preflight.status).toBe(204);
  expect(preflight.text).toBe('');
  expect(preflight.headers['access-control-allow-origin']).toBe('https://app.example');
  expect(preflight.headers['access-control-allow-headers']).toContain('Authorization');
  expect(preflight.headers).not.toHaveProperty('access-control-allow-credentials');
  const answer = await send(server, {
    method: 'POST',
    path: '/mcp',
    headers: [origin, bearer(A), json, accept],
    body: initialize,
  });
  expect(answer.status).toBe(200);
  expect(answer.headers['access-control-allow-origin']).toBe('https://app.example');
  expect(answer.headers['vary']).toBe('Origin');
  expect(mcp.begun.wire).not.toMatch(/access-control/i);
  const own = await send(server, { path: '/x', headers: [['Origin', server.url], bearer(A)] });
  expect(own.status).toBe(404);
});

test.each([
  'text/plain',
  'text/plain; a=application/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'application/jsonx',
  'application/json; charset=utf-16',
  'application/json, text/plain',
  'application/json;',
  '',
  undefined,
])('the content type %j is 415', async (type) => {
  for (const answer of await postBoth(type, rpc('ping', {}, 1))) expect(answer.status).toBe(415);
});

test.each([
  'application/json; charset=utf-8',
  'APPLICATION/JSON',
  'application/json;charset="UTF-8"',
])('the content type %j is taken', async (type) => {
  const [legacy, modern] = await postBoth(type, rpc('ping', {}, 1));
  expect([legacy?.status, modern?.status]).toEqual([202, 200]);
});

test('a compressed body is not unpacked', async () => {
  for (const { path, headers } of endpoints()) {
    const encoded = [...headers, json, ['Content-Encoding', 'gzip'] as const];
    const answer = await send(server, {
      method: 'POST',
      path,
      headers: encoded,
      body: rpc('ping', {}, 1),
    });
    expect(answer.status).toBe(415);
  }
});

test.each([
  ['no JSON', '<script>alert(1)</script>'],
  ['nothing', ''],
  ['half of it', '{"jsonrpc":"2.0",'],
  ['invalid UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22])],
])('%s is -32700 and does not come back', async (_name, body) => {
  for (const answer of await postBoth('application/json', body)) {
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toMatchObject({
      jsonrpc: '2.0',
      id: null,
      error: { code: -32700 },
    });
    expect(answer.text).not.toMatch(/script|jsonrpc":"2.0",$/);
  }
  await expectAlive();
});

test.each([
  ['a string', '"{\\"jsonrpc\\":\\"2.0\\",\\"method\\":\\"ping\\",\\"id\\":1}"'],
  ['a number', '1'],
  ['null', 'null'],
  ['another version', '{"jsonrpc":"1.0","id":1,"method":"ping"}'],
  ['an object as id', '{"jsonrpc":"2.0","id":{"<b>":1},"method":"ping"}'],
  ['a batch', `[${rpc('ping', {}, 1)},${rpc('ping', {}, 2)}]`],
  ['an empty batch', '[]'],
  ['10,000 levels', `${'['.repeat(10_000)}${']'.repeat(10_000)}`],
  ['__proto__', '{"__proto__":{"jsonrpc":"2.0","id":1,"method":"ping"}}'],
])('%s is -32600', async (_name, body) => {
  for (const answer of await postBoth('application/json', body)) {
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toMatchObject({ error: { code: -32600 } });
    expect(answer.text).not.toContain('<b>');
  }
  await expectAlive();
});

test('deep arguments and duplicate keys do no harm', async () => {
  const deep = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`;
  const call = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add_numbers","arguments":${deep}}}`;
  const [, modern] = await postBoth('application/json', call);
  expect(modern?.text).toContain('"isError":true');
  const twice = '{"jsonrpc":"2.0","id":1,"id":2,"method":"ping","method":"ping"}';
  expect((await postBoth('application/json', twice))[1]?.text).toContain('"id":2');
  await expectAlive();
});

test('5 MB are 413 with their length told and with chunks, and the server lives on', async () => {
  const body = `{"jsonrpc":"2.0","id":1,"method":"${'x'.repeat(5_000_000)}"}`;
  const chunked = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
  for (const answer of await postBoth('application/json', body)) expect(answer.status).toBe(413);
  for (const { path, headers } of endpoints()) {
    const answer = await send(server, {
      method: 'POST',
      path,
      headers: [...headers, json, ['Transfer-Encoding', 'chunked']],
      body: chunked,
    });
    expect(answer.status).toBe(413);
    expect(answer.text.length).toBeLessThan(200);
  }
  await expectAlive();
});

test('an endless body is cut, not collected', async () => {
  const endless = open(server, {
    method: 'POST',
    path: sse.endpoint,
    headers: [bearer(A), json, ['Transfer-Encoding', 'chunked']],
  });
  const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
  const feeder = setInterval(() => endless.write(chunk.repeat(16)), 5);
  try {
    await endless.until(/^HTTP\/1\.1 413/);
    await expect.poll(() => endless.ended, { timeout: 15_000 }).toBe(true);
  } finally {
    clearInterval(feeder);
    endless.close();
  }
  await expectAlive();
});

test('/mcp wants both types in Accept, /sse one it can give', async () => {
  const session = ['Mcp-Session-Id', mcp.id] as const;
  for (const headers of [
    [bearer(A), json, session],
    [bearer(A), json, session, ['Accept', 'application/json']],
  ] as const) {
    const answer = await send(server, {
      method: 'POST',
      path: '/mcp',
      headers,
      body: rpc('ping', {}, 1),
    });
    expect(answer.status).toBe(406);
  }
  const picky = await send(server, { path: '/sse', headers: [bearer(A), ['Accept', 'text/html']] });
  expect(picky.status).toBe(406);
  const curl = open(server, { path: '/sse', headers: [bearer(A), ['Accept', '*/*']] });
  await curl.until(/^HTTP\/1\.1 200/);
  curl.close();
});

test('a refused initialize leaves no session behind', async () => {
  const small = await startSampleServer({
    kind: 'math',
    tokens,
    limits: { sessionsPerPrincipal: 1 },
  });
  try {
    for (let count = 0; count < 3; count += 1) {
      const answer = await send(small, {
        method: 'POST',
        path: '/mcp',
        headers: [bearer(A), json],
        body: initialize,
      });
      expect(answer.status).toBe(406);
    }
    expect((await openMcp(small, A)).begun.status).toBe(200);
  } finally {
    await small.close();
  }
});

test('an unsupported protocol version is 400', async () => {
  const answer = await send(server, {
    method: 'POST',
    path: '/mcp',
    headers: [...mcp.headers(A), ['Mcp-Protocol-Version', '1999-01-01']],
    body: rpc('ping', {}, 1),
  });
  expect(answer.status).toBe(400);
});

test('methods and tools that are not there are errors, and so is a call before the handshake', async () => {
  expect((await mcp.post(rpc('no/such', {}, 1))).text).toContain('"code":-32601');
  expect((await mcp.post(rpc('tools/call', { name: 'constructor' }, 2))).text).toContain(
    '"code":-32602',
  );
  const early = open(server, { path: '/sse', headers: [bearer(A)] });
  const path = (await early.until(/data: (\S+)\n/))[1] ?? '';
  const post = (body: string) =>
    send(server, { method: 'POST', path, headers: [bearer(A), json], body });
  await post(rpc('tools/call', { name: 'say_hello', arguments: { name: 'Early' } }, 1));
  await early.until(/"id":1,"error":\{"code":-32600/);
  await post(initialize);
  await early.until(/"id":0,"result"|"result".*"id":0/);
  await post(rpc('tools/list', {}, 2));
  await early.until(/"id":2,"error":\{"code":-32600/);
  expect(early.seen()).not.toContain('Hello');
  early.close();
});

test('lower-case methods and raw noise are 400 and leave the server alive', async () => {
  expect((await send(server, { method: 'get', path: '/sse' })).status).toBe(400);
  expect((await send(server, { method: '\u0016\u0003\u0001', path: '/' })).status).toBe(400);
  await expectAlive();
});

test('a client that sends its headers slowly is cut off', async () => {
  const strict = await startSampleServer({
    kind: 'math',
    tokens,
    limits: { headersMs: 300, requestMs: 600 },
  });
  try {
    const slow = open(strict, { path: '/sse', headers: [], unfinished: true });
    await expect.poll(() => slow.ended, { timeout: 10_000 }).toBe(true);
    expect(slow.seen()).toMatch(/^HTTP\/1\.1 408/);
    const body = open(strict, {
      method: 'POST',
      path: '/mcp',
      headers: [bearer(A), json, accept, ['Content-Length', '100']],
    });
    await expect.poll(() => body.ended, { timeout: 10_000 }).toBe(true);
  } finally {
    await strict.close();
  }
});
