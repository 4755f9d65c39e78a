import { describe, expect, it } from 'vitest';
import { asRemote, asStdio, failure, loadServer, loadText } from './load-helper.js';

interface Case {
  form: string;
  entry: Record<string, unknown>;
  transport: 'sse' | 'http';
  url: string;
  fallback: boolean;
  headers?: [string, string][];
}

const BEARER: [string, string][] = [['Authorization', 'Bearer T']];

const REMOTE: Case[] = [
  {
    form: '1 sse_server command',
    entry: { command: 'sse_server', args: ['http://h:8000/sse'] },
    transport: 'sse',
    url: 'http://h:8000/sse',
    fallback: false,
    headers: [],
  },
  {
    form: '1b sse_server command with a token',
    entry: { command: 'sse_server', args: ['http://h:8000/sse', 'T'] },
    transport: 'sse',
    url: 'http://h:8000/sse',
    fallback: false,
    headers: BEARER,
  },
  {
    form: '2 endpoint and bearertoken',
    entry: { transport: 'sse', endpoint: 'http://h/sse', bearertoken: 'T', retryDelay: 5 },
    transport: 'sse',
    url: 'http://h/sse',
    fallback: false,
    headers: BEARER,
  },
  {
    form: '3 url and header lines',
    entry: { url: 'http://localhost:8080/sse', headers: ['Authorization: Bearer T'] },
    transport: 'sse',
    url: 'http://localhost:8080/sse',
    fallback: true,
    headers: BEARER,
  },
  {
    form: '4 basic authorization',
    entry: { url: 'http://localhost:8080/sse', headers: ['Authorization: Basic Q0FGRTo6MQ=='] },
    transport: 'sse',
    url: 'http://localhost:8080/sse',
    fallback: true,
    headers: [['Authorization', 'Basic Q0FGRTo6MQ==']],
  },
  {
    form: '5 transport streamable',
    entry: { transport: 'streamable', url: 'https://h/mcp', headers: ['X-A: b:c'] },
    transport: 'http',
    url: 'https://h/mcp',
    fallback: false,
    headers: [['X-A', 'b:c']],
  },
  {
    form: '6 type remote with ${env://…}',
    entry: { type: 'remote', url: 'https://h/mcp', headers: ['Authorization: Bearer ${env://T}'] },
    transport: 'http',
    url: 'https://h/mcp',
    fallback: true,
    headers: BEARER,
  },
  ...['sse', 'SSE'].map((type): Case => ({
    form: `10 type ${type}`,
    entry: { type, url: 'https://h/x' },
    transport: 'sse',
    url: 'https://h/x',
    fallback: false,
  })),
  ...['http', 'streamable', 'streamable-http', 'streamable_http', 'streamableHttp'].map(
    (type): Case => ({
      form: `11 type ${type}`,
      entry: { type, url: 'https://h/sse', headers: { Authorization: 'Bearer T' } },
      transport: 'http',
      url: 'https://h/sse',
      fallback: false,
      headers: BEARER,
    }),
  ),
  {
    form: '11 httpUrl',
    entry: { httpUrl: 'https://h/mcp', headers: { Authorization: 'Bearer T' }, timeout: 600000 },
    transport: 'http',
    url: 'https://h/mcp',
    fallback: false,
    headers: BEARER,
  },
  {
    form: '12 url and header mapping',
    entry: { url: 'https://h/mcp', headers: { Authorization: 'Bearer T' } },
    transport: 'http',
    url: 'https://h/mcp',
    fallback: true,
    headers: BEARER,
  },
  {
    form: '12 serverUrl',
    entry: { serverUrl: 'https://h/sse/' },
    transport: 'sse',
    url: 'https://h/sse/',
    fallback: true,
  },
  {
    form: '13 transport sse with a header mapping',
    entry: { transport: 'sse', url: 'https://h/mcp', headers: { 'X-Key': 'v' } },
    transport: 'sse',
    url: 'https://h/mcp',
    fallback: false,
    headers: [['X-Key', 'v']],
  },
  {
    form: '16 token in the URL',
    entry: { url: 'https://h/mcp?token=some-secure-token&x=1' },
    transport: 'http',
    url: 'https://h/mcp?token=some-secure-token&x=1',
    fallback: true,
  },
];

describe('remote server entries', () => {
  it.each(REMOTE)('form $form', async ({ entry, transport, url, fallback, headers }) => {
    const { server } = await loadServer(entry, { env: { T: 'T' } });
    expect(server).toMatchObject({ id: 's', transport, url, fallback });
    if (headers !== undefined) expect(asRemote(server).headers).toEqual(headers);
  });

  it('shows a token in a URL and a header nowhere else', async () => {
    const { redact } = await import('../../../src/core/redact.js');
    await loadServer({
      url: 'https://h/mcp?token=tok-in-url',
      headers: { 'X-Key': 'header-secret', Accept: 'text/plain-enough' },
    });
    expect(redact('tok-in-url header-secret text/plain-enough')).toBe(
      '[REDACTED] [REDACTED] text/plain-enough',
    );
  });

  it('reads the token from a variable or a file', async () => {
    const fromEnv = await loadServer(
      { url: 'https://h/mcp', tokenEnv: 'MY_T' },
      { env: { MY_T: 'abc' } },
    );
    expect(asRemote(fromEnv.server).headers).toEqual([['Authorization', 'Bearer abc']]);
    const unset = await failure(loadServer({ url: 'https://h/mcp', tokenEnv: 'MY_T' }));
    expect(unset.message).toContain('MY_T is not set');
  });

  it('warns of credentials that travel unencrypted, not on loopback', async () => {
    const far = await loadServer({ url: 'http://10.0.0.5/mcp', headers: ['X-Key: v'] });
    expect(far.warnings).toEqual(['s: its credentials go to 10.0.0.5 unencrypted (http).']);
    const near = await loadServer({ url: 'http://127.0.0.1:1/mcp', headers: ['X-Key: v'] });
    expect(near.warnings).toEqual([]);
  });
});

describe('stdio server entries', () => {
  it('form 7: type local with a command list and environment', async () => {
    const { server } = await loadServer({
      type: 'local',
      command: ['npx', '-y', 'pkg'],
      args: ['--port', 8080],
      environment: { myVar: 'x', PORT: 8080, ON: true },
    });
    expect(asStdio(server)).toMatchObject({
      command: 'npx',
      args: ['-y', 'pkg', '--port', '8080'],
      env: { myVar: 'x', PORT: '8080', ON: 'true' },
    });
  });

  it('form 8: command, args and env, their case kept', async () => {
    const { server } = await loadServer(
      { command: 'npx', args: ['-y', 'p'], env: { Mixed_Case: 'Va${X}' } },
      { env: { X: 'lue' } },
    );
    expect(asStdio(server)).toMatchObject({ command: 'npx', env: { Mixed_Case: 'Value' } });
  });

  it('keeps numbers of YAML as they are written', async () => {
    const { settings } = await loadText(
      'mcpServers:\n  s:\n    command: x\n    args: [1.10, 010, 12345678901234567890]\n    env: {V: 1.0}\n',
    );
    expect(settings.servers[0]).toMatchObject({
      args: ['1.10', '010', '12345678901234567890'],
      env: { V: '1.0' },
    });
  });

  it('form 10: type stdio, with a directory relative to the file', async () => {
    const { server } = await loadServer({ type: 'stdio', command: 'x', cwd: 'sub' });
    expect(asStdio(server).cwd).toMatch(/ostler-config-\w+\/sub$/);
  });
});

describe('what is no server to connect to', () => {
  it.each(['fs', 'bash', 'todo', 'fetch', 'http'])('form 9: refuses builtin %s', async (name) => {
    const error = await failure(loadServer({ type: 'builtin', name, options: {} }));
    expect(error.code).toBe('config_invalid');
    expect(error.message).toMatch(/mcpServers\.s\.type: type "builtin"/);
    expect(error.hint).toContain('server-filesystem');
  });

  it('form 14: skips reverse and agent entries with a warning that names them', async () => {
    const { settings } = await loadText(
      JSON.stringify({
        tools_servers: {
          rev: { transport: 'reverse_mcp', auth_token: 'secret' },
          agent: { endpoint: 'http://h/', metadata: {} },
        },
      }),
    );
    expect(settings.servers).toEqual([]);
    expect(settings.warnings.join('\n')).toMatch(/^rev: left out: .*\nagent: left out: /);
  });

  it.each([
    [{}, 'needs a command (stdio) or a url'],
    [{ type: 'htttp', url: 'https://h/' }, 'did you mean "http"?'],
    [{ type: 'websocket', url: 'wss://h/' }, 'unknown type "websocket"; it is stdio, sse or http'],
    [{ type: 'stdio', url: 'https://h/' }, 'type "stdio" needs a command'],
    [{ type: 'sse', command: 'x' }, 'type "sse" needs a url'],
    [{ command: 'x', url: 'https://h/' }, 'say which by type'],
    [{ url: 'https://h/', httpUrl: 'https://h/' }, 'means the same as url'],
    [{ command: '' }, 'is empty'],
    [{ command: 'sse_server' }, 'sse_server needs a URL in args'],
    [{ url: 'localhost:8000/sse' }, 'write http://localhost:8000/sse'],
    [{ url: 'ftp://h/x' }, 'only http and https'],
    [{ url: 'https://h/', timeout: 0 }, 'must be longer than 0'],
    [{ url: 'https://h/', bearertoken: 'x', headers: ['authorization: y'] }, 'is given twice'],
  ])('refuses %j', async (entry, message) => {
    const error = await failure(loadServer(entry));
    expect(error.code).toBe('config_invalid');
    expect(error.message).toContain(message);
  });
});

describe('flags on an entry (form 15)', () => {
  it('reads filters under all their names', async () => {
    for (const allow of ['allowedTools', 'includeTools', 'tools']) {
      for (const deny of ['excludedTools', 'excludeTools', 'disabledTools']) {
        const { server } = await loadServer({ command: 'x', [allow]: ['a'], [deny]: ['b*'] });
        expect(server.filter).toEqual({ allow: ['a'], deny: ['b*'] });
      }
    }
  });

  it('reads approval under all its names', async () => {
    const read = async (entry: object) =>
      (await loadServer({ command: 'x', ...entry })).server.autoApprove;
    expect(await read({ autoApprove: ['a', 'b'] })).toEqual(['a', 'b']);
    expect(await read({ alwaysAllow: ['a'] })).toEqual(['a']);
    expect(await read({ autoApprove: true })).toEqual(['*']);
    expect(await read({ trust: true })).toEqual(['*']);
    expect(await read({ trust: false })).toEqual([]);
  });

  it('keeps disabled servers, and starts one that is named', async () => {
    const entry = { command: 'x', args: ['${NOT_SET}'] };
    expect((await loadServer({ ...entry, disabled: true })).server.disabled).toBe(true);
    expect((await loadServer({ ...entry, enabled: false })).server.disabled).toBe(true);
    const named = await failure(
      loadServer({ ...entry, disabled: true }, { flags: { server: ['s'] } }),
    );
    expect(named.message).toContain('NOT_SET');
  });

  it('reads required, noOAuth and time limits', async () => {
    const { server, warnings } = await loadServer({
      command: 'x',
      required: true,
      noOAuth: true,
      timeout: 60,
      connectTimeout: '90s',
    });
    expect(server).toMatchObject({
      required: true,
      callTimeoutMs: 60_000,
      connectTimeoutMs: 90_000,
    });
    expect(warnings).toEqual([]);
    expect((await loadServer({ command: 'x', timeout: 30_000 })).server.callTimeoutMs).toBe(30_000);
  });

  it('warns of what belongs to other hosts', async () => {
    const { warnings } = await loadServer({ command: 'x', oauth: {}, tasksMode: 'auto' });
    expect(warnings).toEqual([
      's: ignored: tasksMode.',
      's: ignored: oauth; a program started here takes no login.',
    ]);
  });
});

describe('whole files', () => {
  it.each(['mcpServers', 'servers', 'toolsServers', 'tools_servers', 'mcp'])(
    'finds servers under %s',
    async (key) => {
      const { settings } = await loadText(JSON.stringify({ [key]: { a: { command: 'x' } } }));
      expect(settings.servers.map(({ id }) => id)).toEqual(['a']);
    },
  );

  it('reads mcphost keys, honoured or told', async () => {
    const { settings } = await loadText(
      [
        'model: "ollama:qwen2.5:3b"',
        'max-steps: 7',
        'system-prompt: Be brief.',
        'provider-url: http://localhost:9999',
        'provider-api-key: key-of-provider',
        'max-tokens: 100',
        'temperature: 0.7',
        'top-p: 0.95',
        'top-k: 40',
        'stop-sequences: [END]',
        'num-gpu-layers: -1',
        'main-gpu: 0',
        'tls-skip-verify: true',
        'approve-tool-run: true',
        'stream: true',
        'debug: false',
        'theme: {}',
      ].join('\n'),
    );
    expect(settings.model).toEqual({
      name: 'qwen2.5:3b',
      host: 'http://localhost:9999',
      headers: [['Authorization', 'Bearer key-of-provider']],
      insecure: true,
      options: {
        temperature: 0.7,
        top_p: 0.95,
        top_k: 40,
        stop: ['END'],
        num_predict: 100,
        num_gpu: -1,
        main_gpu: 0,
      },
    });
    expect(settings).toMatchObject({ maxTurns: 7, system: 'Be brief.' });
    expect(settings.warnings).toEqual([
      'ostler.yaml: ignored, because other hosts read it: stream, debug, theme.',
    ]);
  });

  it.each([
    ['ollama/llama3', 'llama3'],
    ['ollama:llama3', 'llama3'],
    ['llama3.1:8b', 'llama3.1:8b'],
    ['hf.co/bartowski/x:Q4', 'hf.co/bartowski/x:Q4'],
  ])('reads the model name %s', async (written, name) => {
    expect((await loadText(`model: "${written}"`)).settings.model.name).toBe(name);
  });

  it("refuses a model of another provider by the provider's name", async () => {
    const error = await failure(loadText('model: anthropic:claude-3-5-sonnet-latest'));
    expect(error.message).toContain('the provider "anthropic" is not Ollama');
  });

  it('loads configs of VS Code, opencode and gemini-cli unmodified', async () => {
    const code =
      '{ // servers\n "servers": {"a": {"type": "http", "url": "https://h/mcp",}}, "inputs": [] }';
    expect((await loadText(code)).settings.servers[0]).toMatchObject({ transport: 'http' });
    const opencode = {
      $schema: 'https://opencode.ai/config.json',
      mcp: {
        a: { type: 'local', command: ['x', 'y'], enabled: true, environment: { K: '{env:KV}' } },
        b: { type: 'remote', url: 'https://h/mcp', headers: { A: 'Bearer {env:KV}' } },
      },
    };
    const loaded = await loadText(JSON.stringify(opencode), { env: { KV: 'value' } });
    expect(loaded.settings.servers).toMatchObject([
      { command: 'x', args: ['y'], env: { K: 'value' } },
      { headers: [['A', 'Bearer value']], fallback: true },
    ]);
    const gemini = {
      mcpServers: { g: { httpUrl: 'https://h/', headers: { A: 'Bearer $KV' }, trust: true } },
    };
    const { settings } = await loadText(JSON.stringify(gemini), { env: { KV: 'value' } });
    expect(settings.servers[0]).toMatchObject({ headers: [['A', 'Bearer value']] });
  });
});
