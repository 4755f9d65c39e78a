import { gzipSync } from 'node:zlib';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startBearer, type BearerFixture } from '../servers/bearer.js';
import { freePort, startHttp, type HttpFixture } from '../servers/http.js';
import { sendJson, startRawHttp, startRawSse } from '../servers/raw-mcp.js';
import { inspect, wordsOf } from '../support/inspect.js';
import { runOstler } from '../support/ostler.js';

const TOKEN = 'canary-of-inspect-0123456789';
const env = { TOKEN };
const withToken = ['--token-env', 'TOKEN'];
const STDIO = path.resolve(import.meta.dirname, '../servers/stdio.mjs');

const open: { close: () => Promise<void> }[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});
const keep = <T extends { close: () => Promise<void> }>(server: T): T => {
  open.push(server);
  return server;
};
const bearer = async (): Promise<BearerFixture> => keep(await startBearer({ token: TOKEN }));
const http = async (handler: Parameters<typeof startHttp>[0]): Promise<HttpFixture> =>
  keep(await startHttp(handler));

describe('a server that works', () => {
  it.each(['sse', 'mcp'] as const)('is told step by step (%s)', async (at) => {
    const server = await bearer();
    const url = at === 'sse' ? server.sseUrl : server.mcpUrl;
    const found = await inspect([url, ...withToken], { env });
    expect(found.code).toBe(0);
    expect(found.ok).toBe(true);
    expect(found.rungs.map(({ name }) => name)).toEqual([
      'config',
      'proxy',
      'dns',
      'tcp',
      'tls',
      'http',
      'transport',
      'auth',
      'handshake',
      'capabilities',
      'lists',
      'request',
    ]);
    expect(found.rung('proxy').text).toContain('loopback');
    expect(found.rung('tcp').text).toContain(`127.0.0.1:${server.port}`);
    expect(found.rung('transport').text).toContain(at === 'sse' ? 'SSE' : 'Streamable HTTP');
    expect(found.rung('auth').text).toBe('Authorization accepted');
    expect(found.rung('handshake').data?.['protocol_version']).toBe('2025-11-25');
    expect(found.rung('lists').data?.['tools']).toBeGreaterThan(0);
    expect(found.rung('lists').data?.['tool_tokens']).toBeGreaterThan(0);
    expect(found.rung('request').text).toBe('ping answered');
    expect(found.stdout + found.stderr).not.toContain(TOKEN);
  });

  it('tells the fallback as it happened', async () => {
    const server = keep(
      await startRawSse((stream) => void stream.write('event: endpoint\ndata: /messages\n\n')),
    );
    // The fixture takes every POST for a message, so the one to the URL is refused before it.
    const front = await http((request, response) => {
      if (request.url === '/api' && request.method === 'POST') {
        response.writeHead(405).end();
        return;
      }
      const target = new URL(request.url ?? '', server.url);
      forward(request, response, target);
    });
    const found = await inspect([`${front.url}/api`]);
    expect(found.code).toBe(0);
    expect(found.rung('http').text).toContain('POST /api (server/discover) → 405');
    expect(wordsOf(found.rung('transport'))).toContain('answered 405, so it was tried');
    expect(found.rung('transport').data).toEqual({ transport: 'sse', fallback: true });
  });

  it('tells of a process: pid, first byte, stderr', async () => {
    const found = await inspect(['--', process.execPath, STDIO]);
    expect(found.code).toBe(0);
    expect(found.rungs.map(({ name }) => name)).toEqual([
      'config',
      'process',
      'handshake',
      'capabilities',
      'lists',
      'request',
    ]);
    expect(found.rung('process').text).toMatch(/^runs, pid \d+, first byte$/);
    expect(found.rung('process').ms).toBeGreaterThan(0);
    expect(found.headers).toBeNull();
  });

  it('tells text by text: no glyph is drawn over in a pipe', async () => {
    const server = await bearer();
    const { code, stdout, stderr } = await runOstler(['inspect', server.mcpUrl, ...withToken], {
      env,
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^✓ config /);
    expect(stdout).toContain('Headers as sent');
    expect(stdout).toMatch(/: ready, /);
    expect(`${stdout}${stderr}`).not.toContain('\u001b');
    expect(stdout).not.toContain(TOKEN);
  });
});

function forward(
  request: import('node:http').IncomingMessage,
  response: import('node:http').ServerResponse,
  target: URL,
): void {
  const go = async () => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk as Buffer));
    const answer = await fetch(target, {
      method: request.method ?? 'GET',
      ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
    });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
    if (answer.body !== null) for await (const chunk of answer.body) response.write(chunk);
    response.end();
  };
  go().catch(() => response.destroy());
}

describe('the step that fails', () => {
  it('is tcp where nothing listens', async () => {
    const found = await inspect([`http://127.0.0.1:${await freePort()}/mcp`]);
    expect(found.code).toBe(4);
    expect(found.failed?.name).toBe('tcp');
    expect(found.failed?.text).toContain('ECONNREFUSED');
    expect(found.failed?.hint).toContain('running');
    expect(found.rung('handshake')).toMatchObject({ status: 'skipped', text: 'not reached' });
    expect(JSON.parse(found.stderr)).toMatchObject({ error: { code: 'server_unreachable' } });
  });

  it('is dns for a name that does not exist', async () => {
    const found = await inspect(['http://no-such-host.invalid/mcp']);
    expect(found.code).toBe(4);
    expect(found.failed?.name).toBe('dns');
    expect(found.failed?.text).toContain('no-such-host.invalid');
  });

  it('is config for a variable that is not set, with its place', async () => {
    const json = '{"mcpServers":{"a":{"url":"http://127.0.0.1:1/mcp","headers":{"X":"${NOPE}"}}}}';
    const found = await inspect(['a', '--mcp-config', json]);
    expect(found.code).toBe(6);
    expect(found.failed?.name).toBe('config');
    expect(wordsOf(found.rung('config'))).toContain('NOPE');
  });

  it('is transport where neither is served', async () => {
    const server = await http((_, response) => void response.writeHead(404).end('nothing here'));
    const found = await inspect([`${server.url}/wrong`]);
    expect(found.code).toBe(4);
    expect(found.rung('http').text).toContain('→ 404');
    expect(found.failed?.name).toBe('transport');
    expect(found.failed?.hint).toContain('/mcp');
  });

  it('is transport for a login page', async () => {
    const server = await http((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html', server: 'nginx' });
      response.end('<h1>Sign in</h1>');
    });
    const found = await inspect([`${server.url}/sse`]);
    expect(found.code).toBe(4);
    expect(found.rung('http').text).toContain('text/html, server: nginx');
    expect(found.failed?.name).toBe('transport');
    expect(found.failed?.text).toContain('text/html');
  });

  it('is http for a redirect elsewhere, which sees nothing', async () => {
    const other = await http((_, response) => void response.writeHead(200).end());
    const server = await http((_, response) => {
      response.writeHead(302, { location: `${other.url}/sse?token=abc` }).end();
    });
    const found = await inspect([`${server.url}/sse`, ...withToken], { env });
    expect(found.code).toBe(3);
    expect(found.failed?.name).toBe('http');
    expect(found.failed?.text).toContain(other.url);
    expect(other.seen).toEqual([]);
    expect(found.stdout).not.toContain(TOKEN);
  });

  it('is process for a command that exits at once, with its last words', async () => {
    const script = 'console.error("no database"); process.exit(7)';
    const found = await inspect(['--', process.execPath, '-e', script]);
    expect(found.code).toBe(4);
    expect(found.failed?.name).toBe('process');
    expect(wordsOf(found.rung('process'))).toContain('exited with code 7');
    expect(wordsOf(found.rung('process'))).toContain('no database');
  });

  it('is process for a command that does not exist', async () => {
    const found = await inspect(['--', 'no-such-command-anywhere']);
    expect(found.code).toBe(4);
    expect(found.failed?.name).toBe('process');
    expect(found.failed?.text).toContain('no such command');
  });
});

describe('a door that is shut', () => {
  it('tells what it wants: the challenge, and the metadata, fetched without any header of ours', async () => {
    const server = await http((request, response) => {
      if (request.url?.startsWith('/.well-known') === true) {
        return sendJson(response, {
          resource: `${server.url}/mcp`,
          authorization_servers: ['https://auth.example.com'],
          scopes_supported: ['read', 'write'],
        });
      }
      response.writeHead(401, {
        'www-authenticate': `Bearer realm="mcp", error="invalid_token", resource_metadata="${server.url}/.well-known/oauth-protected-resource/mcp"`,
      });
      response.end(`bad token ${request.headers.authorization ?? ''}`);
    });
    const found = await inspect(
      [`${server.url}/mcp`, ...withToken, '-H', 'X-Tenant: secret-tenant'],
      {
        env,
      },
    );
    expect(found.code).toBe(3);
    expect(found.failed?.name).toBe('auth');
    const said = wordsOf(found.rung('auth'));
    expect(said).toContain('Authorization');
    expect(said).toContain('refused');
    expect(said).toContain('realm="mcp"');
    expect(said).toContain('https://auth.example.com');
    expect(said).toContain('read, write');
    const asked = server.seen.find(({ path: at }) => at.startsWith('/.well-known'));
    expect(asked?.headers).not.toHaveProperty('authorization');
    expect(asked?.headers).not.toHaveProperty('x-tenant');
    const discovery = found.headers?.channels.find(({ channel }) => channel === 'OAuth discovery');
    expect(discovery?.headers.map(({ name }) => name.toLowerCase()).toSorted()).toEqual(
      Object.keys(asked?.headers ?? {}).toSorted(),
    );
    // The server said the token back in its page.
    expect(found.stdout + found.stderr).not.toContain(TOKEN);
    expect(found.stdout + found.stderr).not.toContain('secret-tenant');
  });

  it('does not fetch metadata from another origin', async () => {
    const other = await http((_, response) => sendJson(response, { resource: 'x' }));
    const server = await http((_, response) => {
      response.writeHead(401, {
        'www-authenticate': `Bearer resource_metadata="${other.url}/latest/meta-data"`,
      });
      response.end();
    });
    const found = await inspect([`${server.url}/mcp`]);
    expect(found.code).toBe(3);
    expect(wordsOf(found.rung('auth'))).toContain('not fetched');
    expect(wordsOf(found.rung('auth'))).toContain('none were sent');
    expect(other.seen).toEqual([]);
  });
});

describe('a hostile server', () => {
  it('may answer with 5 MB, or a gzip bomb: it is cut', async () => {
    const big = await http((_, response) => {
      response.writeHead(500, { 'content-type': 'text/plain' });
      response.end('x'.repeat(5_000_000));
    });
    const page = await inspect([`${big.url}/mcp`, '--protocol', 'legacy']);
    expect(page.code).toBe(4);
    expect(page.stdout.length).toBeLessThan(20_000);
    const bomb = await http((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      response.end(gzipSync(Buffer.alloc(200_000_000, '[')));
    });
    const blown = await inspect([`${bomb.url}/mcp`, '--protocol', 'legacy']);
    expect(blown.code).toBe(4);
    expect(blown.stdout.length).toBeLessThan(20_000);
  });

  it('may write escape codes into all its names: none arrives', async () => {
    const evil = 'evil\u001b[2J\u001b]0;title\u0007\u202e';
    const server = keep(
      await startRawHttp((message, response) => {
        if (message.method !== 'initialize') return undefined;
        sendJson(response, {
          jsonrpc: '2.0',
          id: message.id,
          result: {
            protocolVersion: '2025-11-25',
            capabilities: { tools: {}, [evil]: {} },
            serverInfo: { name: evil, version: evil },
          },
        });
        return true;
      }),
    );
    const { stdout } = await runOstler(['inspect', `${server.url}/mcp`, '--protocol', 'legacy']);
    expect(stdout).toContain(String.raw`evil\x1b[2J`);
    // oxlint-disable-next-line no-control-regex
    expect(stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
  });
});
