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
  rpc,
  send,
} from '../unit/serve/raw-client.js';

const A = 'token-of-alice-0123456789abcdef';
const B = 'token-of-bob---0123456789abcdef';
const tokens = [
  { name: 'alice', token: A },
  { name: 'bob', token: B },
];

let server: SampleServer;
let log: string[];

beforeEach(async () => {
  log = [];
  server = await startSampleServer({
    kind: 'math',
    tokens,
    log: (line) => log.push(line),
    // These tests send more wrong tokens than a person would.
    limits: { badTokens: 1000 },
  });
});
afterEach(() => server.close());

const everyRoute = [
  ['GET', '/sse', ''],
  ['POST', '/messages?sessionId=x', rpc('tools/list', {}, 1)],
  ['POST', '/mcp', initialize],
  ['POST', '/mcp', rpc('tools/list', {}, 1)],
  ['POST', '/mcp', rpc('tools/call', { name: 'add_numbers' }, 1)],
  ['POST', '/mcp', rpc('server/discover', {}, 1)],
  ['POST', '/mcp', rpc('notifications/initialized')],
  ['POST', '/mcp', JSON.stringify({ jsonrpc: '2.0', id: 1, result: {} })],
  ['GET', '/mcp', ''],
  ['DELETE', '/mcp', ''],
  ['GET', '/', ''],
  ['GET', '/health', ''],
] as const;

test.each(everyRoute)(
  '%s %s wants a token: none is 401 without an error code',
  async (method, path, body) => {
    const answer = await send(server, { method, path, headers: [json, accept], body });
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="mcp"');
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(answer.headers['content-type']).toContain('application/json');
    expect(answer.headers).not.toHaveProperty('x-powered-by');
    expect(answer.text.length).toBeLessThan(200);
    expect(answer.wire).not.toMatch(/event: endpoint|at .*\(|node_modules|\/work/);
  },
);

test.each(everyRoute)(
  '%s %s wants the right token: a wrong one is 401 invalid_token',
  async (method, path, body) => {
    const answer = await send(server, {
      method,
      path,
      headers: [json, accept, bearer('wrong-token-xyz')],
      body,
    });
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toMatch(
      /^Bearer realm="mcp", error="invalid_token"/,
    );
    expect(answer.wire).not.toContain('wrong-token-xyz');
  },
);

test.each(['Bearer', 'bearer', 'BEARER', 'bEaReR'])(
  'the scheme %s is accepted in any case',
  async (scheme) => {
    const stream = open(server, { path: '/sse', headers: [['Authorization', `${scheme} ${A}`]] });
    await stream.until(/^HTTP\/1\.1 200/);
    stream.close();
  },
);

test.each([
  `Basic ${A}`,
  `Basic ${Buffer.from(`x:${A}`).toString('base64')}`,
  `Token ${A}`,
  A,
  'Bearer',
  'Bearer ',
  'Bearer null',
  'Bearer undefined',
  'Bearer test',
  'Bearer changeme',
  `Bearer  ${A}`,
  `Bearer\t${A}`,
  `Bearer ${A} junk`,
  `Bearer ${A},x`,
  `Bearer ${A}, Bearer ${B}`,
  `Bearer junk ${A}`,
  `Bearer "${A}"`,
  `Bearer ${A.slice(0, -1)}`,
  `Bearer ${A}x`,
  `Bearer ${A.slice(0, -1)}0`,
  `Bearer ${A.toUpperCase()}`,
  `Bearer ${A.slice(0, 8)}`,
  `Bearer ${'x'.repeat(10_001)}`,
  'Bearer t\u00f6ken',
  `Bearer ${A}\u00a0`,
])('refuses Authorization: %s', async (value) => {
  const answer = await send(server, { path: '/sse', headers: [['Authorization', value]] });
  expect([400, 401]).toContain(answer.status);
  expect(answer.text).not.toContain('event-stream');
});

test.each([
  [A, 'wrong'],
  ['wrong', A],
  [A, A],
  [A, B],
])('refuses two Authorization headers', async (first, second) => {
  const answer = await send(server, { path: '/sse', headers: [bearer(first), bearer(second)] });
  expect(answer.status).toBe(400);
  expect(answer.headers['www-authenticate']).toContain('error="invalid_request"');
});

test('a header too long for anybody is refused without an error of ours', async () => {
  const answer = await send(server, { path: '/sse', headers: [bearer('x'.repeat(65_536))] });
  expect(answer.status).toBe(431);
});

test.each(['access_token', 'token', 'api_key', 'apiKey', 'authorization'])(
  'a token in the query (%s) does not count',
  async (name) => {
    for (const path of ['/sse', '/mcp', '/messages']) {
      const answer = await send(server, { path: `${path}?${name}=${A}` });
      expect(answer.status).toBe(401);
    }
    expect(log.join('\n')).not.toContain(A);
  },
);

test('a token in a form, a cookie or another header does not count', async () => {
  const form = ['Content-Type', 'application/x-www-form-urlencoded'] as const;
  const attempts = [
    { method: 'POST', path: '/mcp', headers: [form], body: `access_token=${A}` },
    { path: '/sse', headers: [['Cookie', `token=${A}`]] },
    { path: '/sse', headers: [['X-API-Key', A]] },
    { path: '/sse', headers: [['Proxy-Authorization', `Bearer ${A}`]] },
    { path: '/sse', headers: [['X-Authorization', `Bearer ${A}`]] },
  ] as const;
  for (const attempt of attempts) expect((await send(server, attempt)).status).toBe(401);
});

test.each([
  ['X-HTTP-Method-Override', 'OPTIONS'],
  ['X-Original-URL', '/.well-known/x'],
  ['X-Rewrite-URL', '/.well-known/x'],
  ['X-Forwarded-For', '127.0.0.1'],
  ['X-Forwarded-Host', 'localhost'],
])('%s opens no way around', async (name, value) => {
  expect((await send(server, { path: '/sse', headers: [[name, value]] })).status).toBe(401);
});

test.each([
  '/sse/',
  '//sse',
  '/SSE',
  '/sse/.',
  '/./sse',
  '/%73se',
  '/sse%2f',
  '/sse;x',
  '/messages/',
  '/mcp/',
  '/MCP',
  '/x/../sse',
])('the path variant %s is nothing', async (path) => {
  expect((await send(server, { path })).status).toBe(401);
  expect((await send(server, { path, headers: [bearer(A)] })).status).toBe(404);
});

test('an absolute request target is no other way in', async () => {
  const path = `http://127.0.0.1:${server.port}/sse`;
  expect((await send(server, { path })).status).toBe(401);
  expect((await send(server, { path, headers: [bearer(A)] })).status).toBe(404);
});

test('other methods: 401 without a token, 405 with Allow with one', async () => {
  for (const [path, allow] of [
    ['/sse', 'GET'],
    ['/messages', 'POST'],
    ['/mcp', 'GET, POST, DELETE'],
  ]) {
    for (const method of ['HEAD', 'PUT', 'PATCH', 'TRACE']) {
      const without = await send(server, { method, path: path ?? '' });
      expect([method, path, without.status]).toEqual([method, path, 401]);
      const answer = await send(server, { method, path: path ?? '', headers: [bearer(A)] });
      expect([method, path, answer.status]).toEqual([method, path, 405]);
      expect(answer.headers['allow']).toBe(allow);
      if (method === 'HEAD') expect(answer.text).toBe('');
    }
  }
});

test('OPTIONS tells nothing and opens nothing', async () => {
  for (const path of ['/sse', '/messages', '/mcp', '/nothing', '*']) {
    const answer = await send(server, { method: 'OPTIONS', path });
    expect([path, answer.status, answer.text]).toEqual([path, 405, '']);
    expect(answer.wire).not.toMatch(/access-control/i);
  }
});

test('a client that looks for OAuth learns that there is none', async () => {
  for (const path of [
    '/.well-known/oauth-protected-resource/mcp',
    '/.well-known/oauth-authorization-server',
  ]) {
    expect((await send(server, { path })).status).toBe(404);
  }
});

test('the token is checked before the body is read', async () => {
  // The rest of these 5 MB is never sent.
  const stream = open(server, {
    method: 'POST',
    path: '/mcp',
    headers: [json, accept, ['Content-Length', '5000000']],
    body: '{"jsonrpc":',
  });
  await stream.until(/^HTTP\/1\.1 401/);
  stream.close();
  const whole = await send(server, {
    method: 'POST',
    path: '/messages',
    headers: [json],
    body: 'x'.repeat(5_000_000),
  });
  expect(whole.status).toBe(401);
});

test('a client that asks first is refused before it sends the body', async () => {
  const headers = [json, accept, ['Content-Length', '10'], ['Expect', '100-continue']] as const;
  const refused = open(server, { method: 'POST', path: '/mcp', headers });
  await refused.until(/^HTTP\/1\.1 401/);
  expect(refused.seen()).not.toContain('100 Continue');
  refused.close();
  const allowed = open(server, { method: 'POST', path: '/mcp', headers: [...headers, bearer(A)] });
  await allowed.until(/^HTTP\/1\.1 100 Continue/);
  allowed.close();
});

test('the token stays out of the answers, the endpoint event and the log', async () => {
  const { stream, endpoint, post } = await openSse(server, A);
  await post(rpc('tools/call', { name: 'say_hello', arguments: { name: 'Bob' } }, 1));
  await stream.until(/Hello, Bob!/);
  expect(endpoint).toMatch(/^\/messages\?sessionId=[0-9a-f-]{36}$/);
  expect(stream.seen()).not.toContain(A);
  const mcp = await openMcp(server, B);
  expect(mcp.begun.wire).not.toContain(B);
  await send(server, { path: `/sse?token=${A}`, headers: [bearer('wrong')] });
  expect(log).toHaveLength(1);
  expect(log.join('\n')).not.toMatch(/token-of|wrong/);
  stream.close();
});

test('too many wrong tokens are answered 429, the right one still gets in', async () => {
  const strict = await startSampleServer({ kind: 'math', tokens, limits: { badTokens: 20 } });
  try {
    for (let attempt = 0; attempt < 20; attempt += 1) {
      expect((await send(strict, { path: '/mcp', headers: [bearer('guess')] })).status).toBe(401);
    }
    const tooMany = await send(strict, { path: '/mcp', headers: [bearer('guess')] });
    expect(tooMany.status).toBe(429);
    expect(Number(tooMany.headers['retry-after'])).toBeGreaterThan(0);
    expect((await openMcp(strict, A)).begun.status).toBe(200);
    // No credentials is no guess.
    expect((await send(strict, { path: '/mcp' })).status).toBe(401);
  } finally {
    await strict.close();
  }
});
