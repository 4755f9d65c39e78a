import { PassThrough } from 'node:stream';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  runConfigPath,
  runConfigSchema,
  runConfigShow,
  runConfigValidate,
} from '../../../src/cli/config.js';
import { configSchemaText } from '../../../scripts/schema.js';
import { failure, tempDir } from './load-helper.js';

interface Setup {
  files?: Record<string, string>;
  flags?: Record<string, string | string[] | boolean>;
  env?: Record<string, string>;
  json?: boolean;
}

async function setup({ files = {}, flags = {}, env = {}, json = false }: Setup = {}) {
  const cwd = await tempDir(files);
  const home = await tempDir();
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  return {
    run: { flags, env: { OSTLER_HOME: home, HOME: home, ...env }, cwd, stdout, stderr, json },
    out: () => String(stdout.read() ?? ''),
    err: () => String(stderr.read() ?? ''),
    cwd,
    home,
  };
}

const SECRETS = `
model: m
modelHeader: {X-Proxy: literal-proxy-key}
mcpServers:
  far:
    url: https://user:pass-word-1@h.example/mcp?token=tok-in-url&page=2
    headers: ["Authorization: Bearer \${TOKEN}", "Accept: text/x", "X-Cmd: $(touch ran)"]
  near:
    command: node
    args: [s.js, "--key=\${KEY}"]
    env: {API_KEY: literal-api-key, MODE: fast}
`;
const ENV = { TOKEN: 'canary-token', KEY: 'canary-key' };

describe('ostler config show', () => {
  it('shows servers and settings with their places and no secret', async () => {
    const { run, out, err } = await setup({
      files: { 'c.yaml': SECRETS },
      flags: { config: 'c.yaml', numCtx: '4096' },
      env: { ...ENV, OSTLER_MAX_TURNS: '3' },
    });
    expect(await runConfigShow(run)).toBe(0);
    const text = out();
    expect(text).toMatch(/^model +m +c\.yaml:2:8$/m);
    expect(text).toMatch(/^numCtx +4096 +--num-ctx$/m);
    expect(text).toMatch(/^maxTurns +3 +OSTLER_MAX_TURNS$/m);
    expect(text).toMatch(/^approval +ask +default$/m);
    expect(text).toContain('far  (c.yaml:5:3)');
    expect(text).toContain('url: https://[REDACTED]@h.example/mcp?token=[REDACTED]&page=2');
    expect(text).toContain('"Accept":"text/x"');
    expect(text).toContain('args: ["s.js","--key=[REDACTED]"]');
    expect(text).toContain('env: {"API_KEY":"[REDACTED]","MODE":"fast"}');
    expect(text + err()).not.toMatch(/canary|literal-|pass-word-1|tok-in-url/);
  });

  it('--json is one document without secrets', async () => {
    const { run, out } = await setup({
      files: { 'c.yaml': SECRETS },
      flags: { config: 'c.yaml' },
      env: ENV,
      json: true,
    });
    await runConfigShow(run);
    const text = out();
    expect(text.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(text)).toMatchObject({
      files: [{ name: 'c.yaml', layer: 'file', state: 'loaded' }],
      servers: [
        {
          id: 'far',
          headers: { Authorization: '[REDACTED]', Accept: 'text/x', 'X-Cmd': '[REDACTED]' },
          origin: { where: 'c.yaml', line: 5, column: 3 },
        },
        { id: 'near', env: { API_KEY: '[REDACTED]', MODE: 'fast' } },
      ],
    });
    expect(text).not.toMatch(/canary|literal-|pass-word-1|tok-in-url/);
  });

  it('runs no command and leaves an untrusted project out, and says so', async () => {
    const { run, out, err, cwd } = await setup({
      files: { 'ostler.yaml': 'mcpServers: {p: {command: x}}' },
    });
    await runConfigShow(run);
    expect(out()).toContain('servers\n  none\n');
    expect(err()).toContain('ostler.yaml is left out: it is not trusted');
    expect(cwd).not.toBe('');
  });
});

describe('ostler config validate', () => {
  it('says ok, with what it looked at', async () => {
    const { run, out } = await setup({ files: { 'c.yaml': SECRETS }, env: ENV });
    expect(await runConfigValidate({ ...run, file: 'c.yaml' })).toBe(0);
    expect(out()).toBe('ok: c.yaml, 2 servers\n');
  });

  it('fails with the places', async () => {
    const { run } = await setup({ files: { 'c.yaml': SECRETS } });
    const error = await failure(runConfigValidate({ ...run, file: 'c.yaml' }));
    expect(error.exitCode).toBe(6);
    expect(error.message.split('\n')).toEqual([
      'c.yaml:7:38 mcpServers.far.headers[0]: the environment variable TOKEN is not set',
      'c.yaml:10:25 mcpServers.near.args[1]: the environment variable KEY is not set',
    ]);
  });

  it('checks an untrusted project without a look at what it refers to', async () => {
    const good = await setup({
      files: { 'ostler.yaml': 'mcpServers: {p: {url: "${NOT_SET}", tokenFile: nowhere}}' },
    });
    expect(await runConfigValidate({ ...good.run, file: undefined })).toBe(0);
    expect(good.out()).toBe('ok: ostler.yaml (not trusted yet), 1 server\n');
    await writeFile(path.join(good.cwd, 'ostler.yaml'), 'modle: x');
    const error = await failure(runConfigValidate({ ...good.run, file: undefined }));
    expect(error.message).toContain('did you mean "model"?');
  });

  it('says so when there is nothing', async () => {
    const { run, out } = await setup({ json: true });
    await runConfigValidate({ ...run, file: undefined });
    expect(JSON.parse(out())).toEqual({ ok: true, files: [], servers: [], warnings: [] });
  });
});

describe('ostler config path and schema', () => {
  it('path lists what is looked for', async () => {
    const { run, out, cwd, home } = await setup({ files: { '.mcp.json': '{}' }, json: true });
    await runConfigPath(run);
    const files = JSON.parse(out()) as { layer: string; file: string; exists: boolean }[];
    expect(files).toContainEqual({
      layer: 'project',
      file: path.join(cwd, '.mcp.json'),
      exists: true,
    });
    expect(files).toContainEqual({
      layer: 'user',
      file: path.join(home, 'config.yaml'),
      exists: false,
    });
  });

  it('schema prints the schema', async () => {
    const { run, out } = await setup();
    await runConfigSchema(run);
    expect(out()).toBe(configSchemaText());
  });
});
