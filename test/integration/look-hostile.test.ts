import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startBearer } from '../servers/bearer.js';
import type { HttpFixture } from '../servers/http.js';
import { sendJson, startRawHttp, startRawSse, type RawAnswer } from '../servers/raw-mcp.js';
import { behind, makeBench } from '../support/look.js';
import { runOstler, type RunResult } from '../support/ostler.js';

const TOKEN = 'CANARY-look-hostile-41d7';
const HEADER = ['-H', `Authorization: Bearer ${TOKEN}`];
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e\u{e0041}]/u;
const EVIL = `\u001b]0;owned\u0007\u001b[2J\u202e\u{e0041} Bearer ${TOKEN}`;

let bench: ReturnType<typeof makeBench>;
let server: HttpFixture | undefined;
beforeEach(() => {
  bench = makeBench();
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  bench.remove();
});

async function raw(answer: RawAnswer, words: (url: string) => readonly string[]) {
  server = await startRawHttp(answer);
  return runOstler([...words(`${server.url}/mcp`), ...HEADER]);
}

function expectClean({ stdout, stderr }: RunResult): void {
  expect(stdout + stderr).not.toContain(TOKEN);
  expect(stdout + stderr).not.toMatch(CONTROL);
}

/** Everything that can be looked at, with the evil text in every field. */
const evil: RawAnswer = ({ id, method, params }, response) => {
  const named = { name: 'evil', title: EVIL, description: `${EVIL}\n${EVIL}` };
  const results: Record<string, unknown> = {
    initialize: {
      protocolVersion: params?.['protocolVersion'],
      capabilities: { tools: {}, prompts: {}, resources: {} },
      serverInfo: { name: EVIL, version: EVIL },
    },
    'tools/list': {
      tools: [
        {
          ...named,
          inputSchema: {
            type: 'object',
            properties: {
              [EVIL]: { type: 'string', description: EVIL, default: EVIL, enum: [EVIL] },
            },
            required: [EVIL],
            additionalProperties: false,
          },
          annotations: { [EVIL]: EVIL },
        },
      ],
    },
    'tools/call': {
      isError: true,
      content: [
        { type: 'text', text: EVIL },
        { type: 'image', data: Buffer.from(`x${TOKEN}`).toString('base64'), mimeType: EVIL },
        { type: EVIL },
        { type: 'resource_link', uri: EVIL, name: EVIL },
        { type: 'resource', resource: { uri: EVIL, mimeType: EVIL, text: EVIL } },
      ],
      structuredContent: { [EVIL]: EVIL },
    },
    'prompts/list': { prompts: [{ ...named, arguments: [{ name: 'a', description: EVIL }] }] },
    'prompts/get': { messages: [{ role: EVIL, content: { type: 'text', text: EVIL } }] },
    'resources/list': { resources: [{ uri: 'x://a', ...named, mimeType: EVIL }] },
    'resources/templates/list': { resourceTemplates: [] },
    'resources/read': { contents: [{ uri: EVIL, mimeType: EVIL, text: EVIL }] },
  };
  const result = results[method];
  if (result === undefined) return undefined;
  sendJson(response, { jsonrpc: '2.0', id, result });
  return true;
};

describe('what a server sends', () => {
  it.each([
    [['tools', 'URL']],
    [['tools', 'URL', 'evil']],
    [['tools', 'URL', 'evl']],
    [['call', 'URL', 'evil', '--no-validate']],
    [['call', 'URL', 'evil', 'b=1']],
    [['prompts', 'URL']],
    [['prompts', 'URL', 'evil']],
    [['prompt', 'URL', 'evil', 'a=1']],
    [['prompt', 'URL', 'evil', 'b=1']],
    [['resources', 'URL']],
    [['resources', 'URL', 'x://a']],
    [['read', 'URL', 'x://a']],
  ])('neither acts nor tells the token: %j', async (words) => {
    const own = (url: string) => words.map((word) => (word === 'URL' ? url : word));
    const text = await raw(evil, own);
    expect(text.stdout + text.stderr).not.toBe('');
    expectClean(text);
    await server?.close();
    const json = await raw(evil, (url) => [...own(url), '--json', '-v']);
    expectClean(json);
    if (json.stdout !== '') JSON.parse(json.stdout);
  });

  it('is told without the token also where base64 hides it', async () => {
    const { stdout } = await raw(evil, (url) => ['call', url, 'evil', '--no-validate', '--json']);
    const { content } = JSON.parse(stdout) as { content: { data?: string }[] };
    expect(Buffer.from(content[1]?.data ?? '', 'base64').toString()).toBe('x[REDACTED]');
  });

  it('may be nested without end', async () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const nested: RawAnswer = ({ id, method }, response) => {
      if (method !== 'tools/call') return undefined;
      response.writeHead(200, { 'content-type': 'application/json' });
      const result = `{"content":[],"structuredContent":${deep}}`;
      response.end(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${result}}`);
      return true;
    };
    for (const more of [[], ['--json']]) {
      const { code, stderr } = await raw(nested, (url) => ['call', url, 'echo', ...more]);
      await server?.close();
      expect(code).toBe(4);
      expect(stderr).toContain('nested too deeply');
    }
  });

  it('may be an error page of 5 MB', async () => {
    const page = `<html>${TOKEN}${'x'.repeat(5_000_000)}`;
    const refuse: RawAnswer = ({ method }, response) => {
      if (method !== 'tools/list') return undefined;
      response.writeHead(500, { 'content-type': 'text/html' }).end(page);
      return true;
    };
    const result = await raw(refuse, (url) => ['tools', url]);
    expect(result.code).toBe(4);
    expect(result.stderr.length).toBeLessThan(2000);
    expectClean(result);
  });
});

describe('a server that hangs', () => {
  const steps: [string, readonly string[]][] = [
    ['initialize', ['tools', 'URL']],
    ['tools/list', ['tools', 'URL']],
    ['tools/call', ['call', 'URL', 'echo']],
  ];
  it.each(steps)('at %s ends with the time limit', async (method, words) => {
    const hang: RawAnswer = (message) => message.method === method || undefined;
    const result = await raw(hang, (url) => [
      ...words.map((word) => (word === 'URL' ? url : word)),
      '--timeout',
      '1s',
    ]);
    expect([result.code, result.stdout]).toEqual([124, '']);
    expect(result.stderr).toContain('took longer than 1 s');
  });

  it('while connecting ends with --server-timeout', async () => {
    const { code, stderr } = await raw(
      () => true,
      (url) => ['tools', url, '--server-timeout', '500ms'],
    );
    expect(code).toBe(4);
    expect(stderr).toContain('--server-timeout');
  });

  it('before it names an endpoint, and in the middle of a command', async () => {
    server = await startRawSse(() => {});
    const { code } = await runOstler(['tools', `${server.url}/sse`, '--timeout', '1s']);
    expect(code).toBe(124);
    const { code: second } = await runOstler(['call', 'wait', '--timeout', '2s', ...behind()]);
    expect(second).toBe(124);
  });
});

describe('Ctrl+C in the middle of a call', () => {
  /** Interrupted as soon as the server has the call. */
  function interrupted(words: readonly string[], isCalled: () => boolean): Promise<RunResult> {
    return runOstler(words, {
      onSpawn: (child) => {
        const timer = setInterval(() => isCalled() && child.kill('SIGINT'), 20);
        child.once('close', () => clearInterval(timer));
        const once = child.kill.bind(child);
        child.kill = (signal) => {
          clearInterval(timer);
          return once(signal);
        };
      },
    });
  }

  it.each(['sse', 'mcp'])('cancels it and ends the session: /%s', async (path) => {
    const fixture = await startBearer({ token: TOKEN });
    server = fixture;
    const words = ['call', `${fixture.url}/${path}`, 'hang', ...HEADER];
    const { code, stderr } = await interrupted(words, () => fixture.methods.includes('tools/call'));
    expect(code).toBe(130);
    expect(stderr).toContain('Interrupted');
    expect(fixture.methods).toContain('notifications/cancelled');
    if (path === 'mcp') expect(fixture.seen.at(-1)?.method).toBe('DELETE');
  });

  it('cancels it and ends a process', async () => {
    const words = ['call', 'wait', ...behind(bench.variables)];
    const { code } = await interrupted(words, () => bench.logged().includes('waiting'));
    expect(code).toBe(130);
    await expect.poll(() => bench.logged()).toEqual(['waiting', 'cancelled', 'closed']);
  });

  it('ends connecting, too', async () => {
    server = await startRawHttp(() => true);
    const { seen, url } = server;
    const { code } = await interrupted(['tools', `${url}/mcp`], () => seen.length > 0);
    expect(code).toBe(130);
  });
});
