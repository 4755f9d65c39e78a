import { chmod } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolveTarget } from '../../../src/config/target.js';
import { OstlerError } from '../../../src/core/errors.js';
import { redact } from '../../../src/core/redact.js';
import { load, tempDir } from './load-helper.js';

describe('a server given on the spot', () => {
  it('is a URL, its transport by the path', () => {
    expect(resolveTarget('http://localhost:8000/sse', {}, {})).toEqual({
      id: 'localhost',
      origin: { layer: 'flag', where: '--server' },
      protocol: 'auto',
      connectTimeoutMs: 30_000,
      callTimeoutMs: 300_000,
      filter: {},
      required: false,
      disabled: false,
      autoApprove: [],
      transport: 'sse',
      fallback: true,
      url: 'http://localhost:8000/sse',
      headers: [],
      insecure: false,
    });
    expect(resolveTarget('https://h/mcp', {}, {})).toMatchObject({
      transport: 'http',
      fallback: true,
    });
  });

  it('takes the flags and their variables', () => {
    const flags = {
      header: ['X-Key: key-${V}'],
      transport: 'streamable-http',
      protocol: 'legacy',
      serverTimeout: '5s',
      insecure: true,
    };
    const env = { V: 'variable-value', OSTLER_TOKEN_ENV: 'TOK', TOK: 'token-value' };
    expect(resolveTarget('https://h/sse', flags, env)).toMatchObject({
      transport: 'http',
      fallback: false,
      protocol: 'legacy',
      connectTimeoutMs: 5000,
      insecure: true,
      headers: [
        ['X-Key', 'key-variable-value'],
        ['Authorization', 'Bearer token-value'],
      ],
    });
    expect(redact('variable-value token-value')).toBe('[REDACTED] [REDACTED]');
  });

  it('keeps what stands where secrets stand: in the query, and in arguments', () => {
    resolveTarget('https://h/mcp?accessToken=in-a-query-1&mode=plain-mode', {}, {});
    const words = ['srv', '--api-key', 'sk-argument-2', '--token=argument-3', '--port', '123456'];
    const more = [
      '--header',
      'X-Api-Key: in-a-header-4',
      '--key',
      '/etc/key.pem',
      '--token',
      'oauth-mode',
    ];
    resolveTarget([...words, '--max-token', '400000', ...more], {}, {});
    expect(redact('in-a-query-1 sk-argument-2 argument-3 in-a-header-4')).toBe(
      '[REDACTED] [REDACTED] [REDACTED] [REDACTED]',
    );
    const plain = 'plain-mode 123456 400000 /etc/key.pem oauth-mode';
    expect(redact(plain)).toBe(plain);
  });

  it('is a command', () => {
    expect(resolveTarget(['/usr/bin/node', 'server.js', '-v'], {}, {})).toMatchObject({
      id: 'node',
      transport: 'stdio',
      command: '/usr/bin/node',
      args: ['server.js', '-v'],
      env: {},
    });
  });

  it('reads a token file, and warns when others can', async () => {
    const dir = await tempDir({ token: 'token-in-file\n' });
    const tokenFile = path.join(dir, 'token');
    const flags = { server: ['https://h/mcp'], tokenFile };
    await chmod(tokenFile, 0o600);
    const { settings } = await load({ flags });
    expect(settings.servers).toMatchObject([
      { headers: [['Authorization', 'Bearer token-in-file']] },
    ]);
    expect(settings.warnings).toEqual([]);
    await chmod(tokenFile, 0o644);
    const open = await load({ flags });
    expect(open.settings.warnings.join()).toContain('can be read by others (mode 0644)');
  });

  it.each([
    ['https://h/', { transport: 'stdio' }, 'needs a command'],
    ['https://h/', { transport: 'carrier-pigeon' }, '--transport: must be stdio'],
    ['https://h/', { protocol: '1999' }, '--protocol: must be auto, legacy or 2026-07-28'],
    ['https://h/', { header: ['X-Key'] }, '--header: a header is written "Name: value"'],
    ['https://h/', { header: ['X-Key: ${NOPE}'] }, 'NOPE is not set'],
    ['https://h/', { header: ['X-Key: $(cat x)'] }, 'only ${NAME} is expanded here'],
    ['https://h/', { tokenEnv: 'NOPE' }, '--token-env: the environment variable NOPE is not set'],
    ['https://h/', { tokenFile: '/nope' }, '--token-file: /nope cannot be read'],
    ['https://h/', { tokenEnv: 'T', header: ['authorization: x'] }, 'is given twice'],
    ['https://h/', { serverTimeout: '0' }, 'must be longer than 0'],
    ['ftp://h/', {}, 'only http and https'],
    [[], {}, 'no command'],
    [['x'], { transport: 'sse' }, 'needs a URL'],
  ])('%j with %j is a usage error', (target, flags, message) => {
    const call = () => resolveTarget(target, flags, { T: 'token-value' });
    expect(call).toThrow(OstlerError);
    expect(call).toThrow(message);
  });
});
