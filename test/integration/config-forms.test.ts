import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { InitEvent, ServerStatus } from '../../src/core/events.js';
import { startFakeOllama, type FakeOllama } from '../fakes/ollama/index.js';
import { startBearer, type BearerFixture } from '../servers/bearer.js';
import { makeHome, runOstler } from '../support/ostler.js';

/** Every form of a server entry that hosts before us have taught people, from a file to the wire. */

const STDIO = path.join(
  path.dirname(fileURLToPath(import.meta.url)),
  '../support/stdio-server.mjs',
);
const TOOLS = JSON.stringify([{ name: 'fromEnv', inputSchema: { type: 'object' } }]);
const TOKEN = 'form-token-0123456789';
const BEARER = `Bearer ${TOKEN}`;
const BASIC = 'Basic Q0FOQVJZOmZvcm0tcGFzcw==';

let server: BearerFixture;
let ollama: FakeOllama;
let home: ReturnType<typeof makeHome>;
beforeAll(async () => {
  server = await startBearer();
  ollama = await startFakeOllama();
  home = makeHome();
});
afterAll(async () => {
  await server.close();
  await ollama.close();
  home.remove();
});
beforeEach(() => {
  server.seen.length = 0;
});

interface Connected {
  status: ServerStatus;
  stderr: string;
}

/** Runs the program with this entry in a file of that name and returns how its server ended up. */
async function connect(
  entry: object,
  { file = 'config.json', top = 'mcpServers' } = {},
): Promise<Connected> {
  const config = path.join(home.dir, file);
  const content = { [top]: { form: entry } };
  writeFileSync(config, file.endsWith('.json') ? JSON.stringify(content) : stringify(content));
  const { stdout, stderr } = await runOstler(
    ['-p', 'hi', '--host', ollama.url, '--config', config, '-o', 'stream-json'],
    {
      env: { FORM_TOKEN: TOKEN },
    },
  );
  const init = JSON.parse(stdout.split('\n')[0] ?? '') as InitEvent;
  const status = init.servers.find(({ name }) => name === 'form');
  return { status: status ?? { name: 'form', status: 'disabled', tools: 0 }, stderr };
}

const sse = () => server.sseUrl;
const mcp = () => server.mcpUrl;

describe('a remote entry connects, and its header is on every request', () => {
  it.each<[string, () => object, 'sse' | 'http', string | undefined]>([
    ['1 sse_server command', () => ({ command: 'sse_server', args: [sse()] }), 'sse', undefined],
    ['1b with a token', () => ({ command: 'sse_server', args: [sse(), TOKEN] }), 'sse', BEARER],
    [
      '2 endpoint and bearertoken',
      () => ({ transport: 'sse', endpoint: sse(), bearertoken: TOKEN, retryDelay: 5 }),
      'sse',
      BEARER,
    ],
    [
      '3 url and header list',
      () => ({ url: sse(), headers: [`Authorization: ${BEARER}`] }),
      'sse',
      BEARER,
    ],
    ['4 Basic', () => ({ url: sse(), headers: [`Authorization: ${BASIC}`] }), 'sse', BASIC],
    [
      '5 transport streamable',
      () => ({ transport: 'streamable', url: mcp(), headers: [`Authorization: ${BEARER}`] }),
      'http',
      BEARER,
    ],
    [
      '6 type remote, ${env://}',
      () => ({
        type: 'remote',
        url: mcp(),
        headers: ['Authorization: Bearer ${env://FORM_TOKEN}'],
      }),
      'http',
      BEARER,
    ],
    [
      '10 type sse',
      () => ({ type: 'sse', url: sse(), headers: { Authorization: BEARER } }),
      'sse',
      BEARER,
    ],
    [
      '10 type streamable',
      () => ({ type: 'streamable', url: mcp(), headers: { Authorization: BEARER } }),
      'http',
      BEARER,
    ],
    [
      '11 type http, header object',
      () => ({ type: 'http', url: mcp(), headers: { Authorization: BEARER } }),
      'http',
      BEARER,
    ],
    [
      '11 streamable-http',
      () => ({ type: 'streamable-http', url: mcp(), headers: { Authorization: '${FORM_TOKEN}' } }),
      'http',
      TOKEN,
    ],
    [
      '11 streamableHttp',
      () => ({
        type: 'streamableHttp',
        url: mcp(),
        headers: { Authorization: 'Bearer ${env:FORM_TOKEN}' },
      }),
      'http',
      BEARER,
    ],
    [
      '11 httpUrl',
      () => ({ httpUrl: mcp(), headers: { Authorization: 'Bearer $FORM_TOKEN' } }),
      'http',
      BEARER,
    ],
    [
      '12 url alone, ambiguous',
      () => ({ url: mcp(), headers: { Authorization: BEARER } }),
      'http',
      BEARER,
    ],
    [
      '12 url alone, /sse',
      () => ({ url: sse(), headers: { Authorization: BEARER } }),
      'sse',
      BEARER,
    ],
    [
      '13 transport sse, header object',
      () => ({ transport: 'sse', url: sse(), headers: { Authorization: BEARER } }),
      'sse',
      BEARER,
    ],
  ])('%s', async (_, entry, transport, header) => {
    const { status, stderr } = await connect(entry());
    expect(status, stderr).toMatchObject({ status: 'connected', transport });
    expect(status.tools).toBeGreaterThan(0);
    expect(server.seen.length).toBeGreaterThan(1);
    for (const { headers } of server.seen) expect(headers['authorization']).toBe(header);
    expect(stderr).not.toContain(TOKEN);
  });

  it('16 with a token in the query, on the GET and in no output', async () => {
    const { status, stderr } = await connect({ url: `${sse()}?token=${TOKEN}` });
    expect(status).toMatchObject({ status: 'connected', transport: 'sse' });
    expect(server.seen[0]?.path).toContain(`token=${TOKEN}`);
    expect(JSON.stringify(status) + stderr).not.toContain(TOKEN);
  });

  it.each(['servers', 'tools_servers', 'mcp'])('13 under the top key %s', async (top) => {
    expect((await connect({ url: sse() }, { top })).status.status).toBe('connected');
  });

  it.each(['config.yaml', 'config.yml', '.mcphost.yml'])('17 in %s', async (file) => {
    const { status } = await connect(
      { url: mcp(), headers: { Authorization: 'Bearer ${FORM_TOKEN}' } },
      { file },
    );
    expect(status.status).toBe('connected');
    expect(server.seen[0]?.headers['authorization']).toBe(BEARER);
  });
});

describe('a local entry starts, with its environment in its own case', () => {
  it.each<[string, object]>([
    ['7 type local', { type: 'local', command: [process.execPath, STDIO], environment: { TOOLS } }],
    ['8 command, args, env', { command: process.execPath, args: [STDIO], env: { TOOLS } }],
    ['10 type stdio', { type: 'stdio', command: process.execPath, args: [STDIO], env: { TOOLS } }],
    [
      '15 with flags',
      {
        command: process.execPath,
        args: [STDIO],
        env: { TOOLS },
        required: true,
        enabled: true,
        allowedTools: ['fromEnv'],
        autoApprove: ['fromEnv'],
        noOAuth: true,
      },
    ],
  ])('%s', async (_, entry) => {
    const { status, stderr } = await connect(entry);
    expect(status, stderr).toMatchObject({ status: 'connected', transport: 'stdio', tools: 1 });
  });

  it('15 excludedTools offers the others', async () => {
    const { status } = await connect({
      command: process.execPath,
      args: [STDIO],
      env: { TOOLS },
      excludedTools: ['fromEnv'],
    });
    expect(status).toMatchObject({ status: 'connected', tools: 0 });
  });

  it('15 disabled is not started', async () => {
    const { status } = await connect({ command: process.execPath, args: [STDIO], disabled: true });
    expect(status.status).toBe('disabled');
  });
});

/** A run with this entry, given inline. */
function runWith(entry: object) {
  const config = JSON.stringify({ mcpServers: { form: entry } });
  return runOstler(['-p', 'hi', '--host', ollama.url, '--mcp-config', config]);
}

describe('what cannot be had is refused by name', () => {
  it.each(['fs', 'bash', 'todo', 'fetch', 'http'])('9 builtin %s', async (name) => {
    const { code, stderr } = await runWith({ type: 'builtin', name, options: {} });
    expect(code).toBe(6);
    expect(stderr).toMatch(/form.*builtin/s);
  });

  it.each<[string, object]>([
    ['reverse_mcp', { transport: 'reverse_mcp', auth_token: 'x-secret-token' }],
    ['an A2A endpoint', { endpoint: 'http://127.0.0.1:9', metadata: {} }],
  ])('14 %s is left out with a warning', async (_, entry) => {
    ollama.script({ text: 'ok' });
    const { code, stdout, stderr } = await runWith(entry);
    expect([code, stdout]).toEqual([0, 'ok\n']);
    expect(stderr).toContain('form');
    expect(stderr).not.toContain('x-secret-token');
  });

  it('a header without a colon', async () => {
    const { code, stderr } = await runWith({
      url: sse(),
      headers: ['Authorization Bearer x-secret-token'],
    });
    expect(code).toBe(6);
    expect(stderr).not.toContain('x-secret-token');
  });
});
