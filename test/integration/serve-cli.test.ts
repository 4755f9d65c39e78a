import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runServe, type ServeCommandOptions } from '../../src/cli/serve.js';
import { forgetSecrets } from '../../src/core/redact.js';
import { bearer, openMcp, send } from '../unit/serve/raw-client.js';

const LONG = '0123456789abcdef0123456789abcdef';

let dir: string;
let controller: AbortController;
let stdout: PassThrough;
let stderr: PassThrough;
let running: Promise<number> | undefined;

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'ostler-serve-'));
  controller = new AbortController();
  stdout = new PassThrough();
  stderr = new PassThrough();
  running = undefined;
  forgetSecrets();
});
afterEach(async () => {
  controller.abort();
  await running?.catch(() => {});
  await rm(dir, { recursive: true, force: true });
});

const collected = (stream: PassThrough) => {
  const chunks: string[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  return () => chunks.join('');
};

function serve(options: Partial<ServeCommandOptions> = {}) {
  const out = collected(stdout);
  const err = collected(stderr);
  running = runServe({
    kind: 'math',
    port: 0,
    stdout,
    stderr,
    env: {},
    signal: controller.signal,
    ...options,
  });
  running.catch(() => {});
  const url = async () => {
    await expect.poll(err, { timeout: 10_000 }).toContain('Stop it with');
    const port = Number(/:(\d+)\/sse\n/.exec(err())?.[1]);
    const origin = `http://127.0.0.1:${port}`;
    return {
      url: origin,
      sseUrl: `${origin}/sse`,
      mcpUrl: `${origin}/mcp`,
      port,
      close: async () => {},
    };
  };
  return { exit: running, out, err, url };
}

test('math on loopback makes a token, tells it once and says how to use it', async () => {
  const { exit, out, err, url } = serve();
  const server = await url();
  const token = /^ {2}([A-Za-z0-9_-]{43})$/m.exec(err())?.[1] ?? '';
  expect(err()).toContain(`HTTP+SSE         ${server.sseUrl}\n`);
  expect(err()).toContain(`Streamable HTTP  ${server.mcpUrl}\n`);
  expect(err()).toContain(`--server ${server.sseUrl} -H "Authorization: Bearer ${token}" --yolo\n`);
  expect(err()).toContain(`curl -N -H "Authorization: Bearer ${token}" ${server.sseUrl}\n`);
  expect((await openMcp(server, token)).begun.status).toBe(200);
  expect((await send(server, { path: '/sse', headers: [bearer('other')] })).status).toBe(401);
  await expect.poll(err).toContain('401 GET /sse from 127.0.0.1');
  controller.abort();
  expect(await exit).toBe(0);
  expect(out()).toBe('');
  await expect(send(server, { path: '/' })).resolves.toMatchObject({ status: NaN });
});

test('a given token is not repeated', async () => {
  const { err, url } = serve({
    env: { OSTLER_SERVE_TOKEN: LONG, TWO: 'second-token' },
    secondTokenEnv: 'TWO',
  });
  const server = await url();
  expect((await openMcp(server, LONG)).begun.status).toBe(200);
  expect((await openMcp(server, 'second-token')).begun.status).toBe(200);
  expect(err()).toContain('-H "Authorization: Bearer $OSTLER_SERVE_TOKEN"');
  expect(err()).not.toMatch(/0123456789abcdef|second-token/);
});

test('--json is one line on stdout', async () => {
  const { out, url } = serve({ json: true, env: { OSTLER_SERVE_TOKEN: LONG } });
  const { close: _close, ...server } = await url();
  await expect.poll(out).toMatch(/^[^\n]+\n$/);
  expect(JSON.parse(out())).toEqual(server);
});

test('a token file counts when only its owner can read it', async () => {
  const file = path.join(dir, 'token');
  await writeFile(file, `${LONG}\n`, { mode: 0o600 });
  const { err, url } = serve({ tokenFile: file, env: { OSTLER_SERVE_TOKEN: 'not-this-one' } });
  const server = await url();
  expect((await openMcp(server, LONG)).begun.status).toBe(200);
  expect((await openMcp(server, 'not-this-one')).begun.status).toBe(401);
  expect(err()).toContain(`Bearer $(cat ${file})`);
});

test.each([0o644, 0o640, 0o604, 0o620])(
  'a token file of mode %o is refused with the cure',
  async (mode) => {
    const file = path.join(dir, 'token');
    await writeFile(file, LONG);
    await chmod(file, mode);
    await expect(serve({ tokenFile: file }).exit).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('can be read by other users'),
      hint: `Type: chmod 600 ${file}`,
    });
  },
);

test.each<[string, Partial<ServeCommandOptions>, RegExp]>([
  ['shell without a token', { kind: 'shell' }, /runs commands does not start without a token/],
  [
    'shell with a short one',
    { kind: 'shell', env: { OSTLER_SERVE_TOKEN: 'x'.repeat(31) } },
    /32 characters or more; that of "first" has 31/,
  ],
  [
    'shell with a short second one',
    { kind: 'shell', env: { OSTLER_SERVE_TOKEN: LONG, B: 'short' }, secondTokenEnv: 'B' },
    /"second" has 5/,
  ],
  [
    'beyond loopback without a token',
    { host: '0.0.0.0' },
    /listens on 0\.0\.0\.0 does not start without/,
  ],
  [
    'beyond loopback with a short one',
    { host: '0.0.0.0', env: { OSTLER_SERVE_TOKEN: 'short' } },
    /32 characters/,
  ],
  ['an empty variable', { env: { OSTLER_SERVE_TOKEN: '' } }, /OSTLER_SERVE_TOKEN is empty/],
  ['a variable that is not set', { tokenEnv: 'MY_TOKEN' }, /MY_TOKEN is not set/],
  ['a second variable that is not set', { secondTokenEnv: 'B' }, /B is not set/],
  [
    'the same token twice',
    { env: { OSTLER_SERVE_TOKEN: 'same', B: 'same' }, secondTokenEnv: 'B' },
    /same token/,
  ],
  ['a token with a space', { env: { OSTLER_SERVE_TOKEN: 'two words' } }, /has a character/],
  [
    'a token with a newline inside',
    { env: { OSTLER_SERVE_TOKEN: 'two\nlines' } },
    /has a character/,
  ],
  ['a missing file', { tokenFile: '/nonexistent/token' }, /cannot be read \(ENOENT\)/],
  ['a directory', { tokenFile: '/' }, /can be read by other users|EISDIR/],
  [
    'a root that is not there',
    { kind: 'shell', env: { OSTLER_SERVE_TOKEN: LONG }, root: '/nonexistent' },
    /root directory does not exist/,
  ],
  ['a port that is none', { port: 70_000 }, /Not a port/],
  ['no time at all', { timeoutMs: 0 }, /Not a time limit/],
  ['more time than a timer has', { timeoutMs: 1e12 }, /Not a time limit/],
  ['a time that is no number', { timeoutMs: NaN }, /Not a time limit/],
])('wrong usage: %s', async (_name, options, message) => {
  const { exit, out } = serve(options);
  const error = await exit.catch((reason: unknown) => reason);
  expect(error).toMatchObject({
    code: 'usage',
    exitCode: 2,
    message: expect.stringMatching(message),
    hint: expect.any(String),
  });
  expect(String(error)).not.toMatch(/0123456789abcdef|two words|same$/);
  expect(out()).toBe('');
});

test('a port in use is told with what to do', async () => {
  const squatter = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => squatter.once('listening', resolve));
  const address = squatter.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    await expect(serve({ port }).exit).rejects.toMatchObject({
      code: 'server_failed',
      exitCode: 4,
      message: `Port ${port} on 127.0.0.1 is already in use.`,
      hint: expect.stringContaining('--port'),
    });
  } finally {
    squatter.close();
  }
});

test('an address of another machine is told', async () => {
  await expect(
    serve({ host: '192.0.2.1', env: { OSTLER_SERVE_TOKEN: LONG } }).exit,
  ).rejects.toMatchObject({
    code: 'server_failed',
    message: '192.0.2.1 is not an address of this machine.',
  });
});

test('stopped before it began, it has done its job', async () => {
  controller.abort();
  const { exit, err } = serve();
  expect(await exit).toBe(0);
  expect(err()).toBe('');
});

test('goes on when the reader of its log is gone', async () => {
  const { url } = serve({ env: { OSTLER_SERVE_TOKEN: LONG } });
  const server = await url();
  stderr.destroy(Object.assign(new Error('gone'), { code: 'EPIPE' }));
  for (let count = 0; count < 3; count += 1) {
    expect((await send(server, { path: '/sse', headers: [bearer('x')] })).status).toBe(401);
  }
  expect((await openMcp(server, LONG)).begun.status).toBe(200);
});
