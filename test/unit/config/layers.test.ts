import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { statePaths } from '../../../src/config/paths.js';
import { redact } from '../../../src/core/redact.js';
import { failure, load, loadText, tempDir } from './load-helper.js';

describe('the order of layers', () => {
  it('is flag, environment, project, user, default', async () => {
    const home = await tempDir({
      'config.yaml': 'numCtx: 4\nmaxTurns: 4\nmodel: m4\nhost: h4\nseed: 4',
    });
    const cwd = await tempDir({ 'ostler.yaml': 'numCtx: 3\nmaxTurns: 3\nmodel: m3\nhost: h3' });
    const base = { cwd, env: { OSTLER_HOME: home }, confirmProject: async () => true };
    const env = { ...base.env, OSTLER_NUM_CTX: '2', OSTLER_MAX_TURNS: '2', OLLAMA_HOST: 'h2' };
    const { settings, origins } = await load({
      ...base,
      env,
      flags: { numCtx: '1' },
      positions: true,
    });
    expect(settings.model).toMatchObject({ numCtx: 1, name: 'm3', host: 'http://h2:11434' });
    expect(settings.model.options).toEqual({ seed: 4 });
    expect(settings.maxTurns).toBe(2);
    expect(settings.approval.mode).toBe('ask');
    expect(Object.fromEntries(origins)).toMatchObject({
      numCtx: { layer: 'flag', where: '--num-ctx' },
      maxTurns: { layer: 'environment', where: 'OSTLER_MAX_TURNS' },
      host: { layer: 'environment', where: 'OLLAMA_HOST' },
      model: { layer: 'project', where: 'ostler.yaml', line: 3, column: 8 },
      seed: { layer: 'user', line: 5 },
    });
    expect(origins.has('approval')).toBe(false);
  });

  it('OSTLER_HOST and --host win over OLLAMA_HOST', async () => {
    const env = { OLLAMA_HOST: 'a', OSTLER_HOST: 'b' };
    expect((await load({ env })).settings.model.host).toBe('http://b:11434');
    expect((await load({ env, flags: { host: 'c:1' } })).settings.model.host).toBe('http://c:1');
  });

  it('of one server in several files the highest wins as a whole', async () => {
    const home = await tempDir({
      'config.yaml': 'mcpServers: {a: {command: user, args: [x]}, b: {command: u}}',
    });
    const cwd = await tempDir({ '.mcp.json': '{"mcpServers": {"a": {"command": "project"}}}' });
    const env = { OSTLER_HOME: home };
    const { settings } = await load({
      cwd,
      env,
      confirmProject: async () => true,
      flags: {
        mcpConfig: [
          '{"mcpServers": {"c": {"command": "1"}}}',
          '{"servers": {"c": {"command": "2"}}}',
        ],
      },
    });
    expect(
      settings.servers.map((server) => [server.id, 'command' in server && server.command]),
    ).toEqual([
      ['c', '2'],
      ['a', 'project'],
      ['b', 'u'],
    ]);
  });

  it('--config replaces both searches, --strict-mcp-config leaves only its servers', async () => {
    const home = await tempDir({ 'config.yaml': 'model: mine\nmcpServers: {u: {command: x}}' });
    const cwd = await tempDir({
      '.mcp.json': '{"mcpServers": {"p": {"command": "x"}}}',
      'c.yaml': 'mcpServers: {c: {command: x}}',
      'm.json': '{"mcpServers": {"m": {"command": "x"}}}',
    });
    const env = { OSTLER_HOME: home };
    const named = await load({ cwd, env, flags: { config: 'c.yaml', mcpConfig: ['m.json'] } });
    expect(named.settings.servers.map(({ id }) => id)).toEqual(['m', 'c']);
    expect(named.settings.model.name).toBe('llama3.1');
    const strict = await load({
      cwd,
      env,
      flags: { strictMcpConfig: true, mcpConfig: ['m.json'] },
    });
    expect(strict.settings.servers.map(({ id }) => id)).toEqual(['m']);
    expect(strict.settings.model.name).toBe('mine');
  });

  it('never reads the home directory by itself', async () => {
    const home = await tempDir({ '.mcphost.yml': 'model: old', '.mcp.json': '{"mcpServers": {}}' });
    expect((await load({ env: { HOME: home } })).files).toEqual([]);
  });

  it('adds up allow and deny', async () => {
    const { settings } = await loadText('allow: math/*\ndeny: ["*/rm"]', {
      flags: { allow: ['a/b'], deny: ['c/d'] },
      env: { OSTLER_ALLOW: 'e/f, g/h' },
    });
    expect(settings.approval).toEqual({
      mode: 'ask',
      allow: ['a/b', 'e/f', 'g/h', 'math/*'],
      deny: ['c/d', '*/rm'],
    });
  });
});

describe('flags', () => {
  it.each([
    ['numCtx', 'abc', '--num-ctx: not a number (got "abc").'],
    ['numCtx', '0', '--num-ctx: must be at least 1 (got "0").'],
    ['temperature', 'hot', '--temperature: not a number (got "hot").'],
    ['maxTurns', '-1', '--max-turns: must be at least 0 (got "-1").'],
    ['timeout', '5 parsecs', '--timeout: not a duration such as 90, 90s or 2m (got "5 parsecs").'],
    ['think', 'hard', '--think: must be off, on, low, medium, high or max (got "hard").'],
    ['approval', 'x', '--approval: must be ask, auto or never (got "x").'],
    ['host', 'ftp://x', '--host: only http and https reach a model, not "ftp".'],
    ['schema', 'nope.json', 'there is no such file'],
    ['system', '@nope.md', 'there is no such file'],
    ['modelCa', 'nope.pem', 'there is no such file'],
    ['server', ['nope'], '--server: no server "nope"'],
    ['requireServers', 'a,b', '--require-servers: no server "a"'],
    ['modelHeader', ['X-Key'], '--model-header: a header is written "Name: value"'],
    ['header', ['X: y'], '--header needs a URL given with --server.'],
  ])('--%s %s', async (name, value, message) => {
    const error = await failure(load({ flags: { [name]: value } }));
    expect(error.code).toBe('usage');
    expect(error.message).toContain(message);
  });

  it('a bad variable is named as one', async () => {
    const error = await failure(load({ env: { OSTLER_NUM_CTX: 'x' } }));
    expect(error.message).toBe('OSTLER_NUM_CTX: not a number (got "x").');
  });

  it.each([
    ['90', 90_000],
    ['90s', 90_000],
    ['2m', 120_000],
    ['1h30m', 5_400_000],
    ['500ms', 500],
    ['1.5s', 1500],
    ['0', undefined],
  ])('--timeout %s', async (value, ms) => {
    expect((await load({ flags: { timeout: value } })).settings.timeoutMs).toBe(ms);
  });

  it.each([
    ['ollama.com', [['Authorization', 'Bearer cloud-key-123']]],
    ['https://ollama.com', [['Authorization', 'Bearer cloud-key-123']]],
    ['http://ollama.com', []],
    ['https://ollama.com.evil.example', []],
    ['127.0.0.1', []],
  ])('gives OLLAMA_API_KEY to %s: %j', async (host, headers) => {
    const { settings } = await load({ flags: { host }, env: { OLLAMA_API_KEY: 'cloud-key-123' } });
    expect(settings.model.headers).toEqual(headers);
    expect(redact('cloud-key-123') === 'cloud-key-123').toBe(headers.length === 0);
  });

  it('knows the built-in script of a config file from a file', async () => {
    const cwd = await tempDir({
      'c.yaml': 'model: script:demo\n',
      'd.yaml': 'model: script:mine.yaml\n',
    });
    expect((await load({ cwd, flags: { config: 'c.yaml' } })).settings.model.name).toBe(
      'script:demo',
    );
    expect((await load({ cwd, flags: { config: 'd.yaml' } })).settings.model.name).toBe(
      `script:${cwd}/mine.yaml`,
    );
  });

  it('reads every flag of a model', async () => {
    const cwd = await tempDir({ 'a.json': '{"type": "object"}', 'p.md': 'Be kind.\n' });
    const { settings } = await load({
      cwd,
      flags: {
        model: 'ollama/qwen3',
        providerUrl: 'example.com',
        system: '@p.md',
        think: true,
        numCtx: '8192',
        temperature: '0.5',
        seed: '-1',
        keepAlive: '-1',
        modelHeader: ['X-Key: model-secret', 'X-B: c:d'],
        modelInsecure: true,
        schema: 'a.json',
        yolo: true,
        maxSteps: '0',
      },
    });
    expect(settings).toEqual({
      model: {
        name: 'qwen3',
        host: 'http://example.com:11434',
        headers: [
          ['X-Key', 'model-secret'],
          ['X-B', 'c:d'],
        ],
        insecure: true,
        think: 'on',
        numCtx: 8192,
        keepAlive: -1,
        options: { temperature: 0.5, seed: -1 },
        format: { type: 'object' },
      },
      servers: [],
      system: 'Be kind.',
      approval: { mode: 'auto', allow: [], deny: [] },
      elicitation: { mode: 'ask', answers: [] },
      sampling: { mode: 'ask', maxTokens: 4096, perMinute: 10, models: [] },
      maxTurns: Infinity,
      warnings: [],
    });
    expect(Object.isFrozen(settings.model.options)).toBe(true);
  });

  it('has defaults for all', async () => {
    expect((await load()).settings).toEqual({
      model: {
        name: 'llama3.1',
        host: 'http://127.0.0.1:11434',
        headers: [],
        insecure: false,
        options: {},
      },
      servers: [],
      approval: { mode: 'ask', allow: [], deny: [] },
      elicitation: { mode: 'ask', answers: [] },
      sampling: { mode: 'ask', maxTokens: 4096, perMinute: 10, models: [] },
      maxTurns: 20,
      warnings: [],
    });
  });

  it('--yolo against another approval is a usage error', async () => {
    const error = await failure(load({ flags: { yolo: true, approval: 'never' } }));
    expect(error.code).toBe('usage');
  });

  it('--server chooses, adds URLs and keeps ids apart', async () => {
    const text = 'mcpServers: {h: {command: x}, other: {command: y, args: ["${NOT_SET}"]}}';
    const { settings } = await loadText(text, {
      flags: { server: ['h', 'http://h:1/sse', 'http://h:2/mcp'], header: ['X-Key: value-of-key'] },
    });
    expect(settings.servers).toMatchObject([
      { id: 'h', transport: 'stdio' },
      { id: 'h-2', transport: 'sse', fallback: true, headers: [['X-Key', 'value-of-key']] },
      { id: 'h-3', transport: 'http' },
    ]);
    const near = await failure(loadText(text, { flags: { server: ['othr'] } }));
    expect(near.message).toContain('did you mean "other"? (configured: h, other)');
  });

  it('--no-tools resolves no server', async () => {
    const text = 'mcpServers: {a: {command: "${NOT_SET}"}}';
    expect((await loadText(text, { flags: { tools: false } })).settings.servers).toEqual([]);
  });

  it('--require-servers takes all, any or names', async () => {
    const text = 'mcpServers: {a: {command: x}, b: {command: y}}\nrequireServers: [a, b]';
    const read = async (flags: Record<string, string | string[]>) =>
      (await loadText(text, { flags })).settings.requireServers;
    expect(await read({ requireServers: 'all' })).toBe('all');
    expect(await read({ requireServers: 'any' })).toBe('any');
    expect(await read({ requireServers: 'b' })).toEqual(['b']);
    expect(await read({ server: ['b'] })).toEqual(['b']);
  });

  it('a system prompt of mcphost may be the path of a file', async () => {
    const cwd = await tempDir({ 'c.yaml': 'system-prompt: p.txt', 'p.txt': 'From file.\n' });
    expect((await load({ cwd, flags: { config: 'c.yaml' } })).settings.system).toBe('From file.');
    expect((await loadText('system-prompt: no such file')).settings.system).toBe('no such file');
  });

  it('a script stands relative to the file that names it', async () => {
    const cwd = await tempDir();
    await mkdir(path.join(cwd, 'sub'));
    await writeFile(path.join(cwd, 'sub/c.yaml'), 'model: script:a.yaml');
    const { settings } = await load({ cwd, flags: { config: 'sub/c.yaml' } });
    expect(settings.model.name).toBe(`script:${path.join(cwd, 'sub/a.yaml')}`);
  });
});

describe('where state lives', () => {
  it('OSTLER_HOME moves all of it', async () => {
    expect(await statePaths({ OSTLER_HOME: '/x' })).toEqual({
      config: '/x',
      data: '/x/data',
      cache: '/x/cache',
      log: '/x/log',
    });
  });

  it.runIf(process.platform === 'linux')('else the XDG directories', async () => {
    vi.stubEnv('XDG_CONFIG_HOME', '/c');
    vi.stubEnv('XDG_DATA_HOME', '/d');
    expect(await statePaths({})).toMatchObject({ config: '/c/ostler', data: '/d/ostler' });
  });
});
