import { afterEach, describe, expect, it } from 'vitest';
import { forgetSecrets, redact } from '../../src/core/redact.js';
import { startBearer, type BearerFixture } from '../servers/bearer.js';
import { failureOf, open, quiet, textOf } from '../servers/connect.js';
import { bearer, remote } from '../servers/definitions.js';

const TOKEN = 'canary-token-4711';
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  forgetSecrets();
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

async function start(challenge?: string): Promise<BearerFixture> {
  const fixture = await startBearer({
    token: TOKEN,
    ...(challenge === undefined ? {} : { challenge }),
  });
  stops.push(fixture.close);
  return fixture;
}

async function connected(...args: Parameters<typeof open>) {
  const connection = await open(...args);
  stops.push(connection.close);
  return connection;
}

const HEADERS = [...bearer(TOKEN), ['X-Tenant', 'blue']] as const;

describe('headers', () => {
  it('go on the SSE stream and on every message', async () => {
    const server = await start();
    const connection = await connected(remote(server.sseUrl, { headers: HEADERS }));
    const result = await connection.call('add_numbers', { number1: 2, number2: 3 }, quiet);
    expect(textOf(result)).toBe('5');
    expect(server.seen.filter(({ method }) => method === 'GET')).toHaveLength(1);
    const posts = server.seen.filter(({ method }) => method === 'POST');
    expect(server.methods).toEqual([
      'initialize',
      'notifications/initialized',
      'tools/list',
      'tools/call',
    ]);
    expect(posts).toHaveLength(4);
    for (const { headers } of server.seen) {
      expect(headers.authorization).toBe(`Bearer ${TOKEN}`);
      expect(headers['x-tenant']).toBe('blue');
    }
  });

  it('go on POST, GET and DELETE of Streamable HTTP', async () => {
    const server = await start();
    const connection = await connected(remote(server.mcpUrl, { headers: HEADERS }));
    const result = await connection.call('say_hello', { name: 'Bob' }, quiet);
    expect(textOf(result)).toBe('Hello Bob');
    await expect.poll(() => server.seen.map(({ method }) => method)).toContain('GET');
    await connection.close();
    await expect.poll(() => server.seen.map(({ method }) => method)).toContain('DELETE');
    for (const { headers } of server.seen) {
      expect(headers.authorization).toBe(`Bearer ${TOKEN}`);
      expect(headers['x-tenant']).toBe('blue');
    }
  });
});

describe('credentials', () => {
  for (const transport of ['sse', 'http'] as const) {
    it(`missing, over ${transport}: auth_required, with how to give them`, async () => {
      const server = await start();
      const url = transport === 'sse' ? server.sseUrl : server.mcpUrl;
      const error = await failureOf(open(remote(url, { fallback: true })));
      expect(error).toMatchObject({
        code: 'auth_required',
        status: 401,
        server: 'docs',
        exitCode: 3,
      });
      expect(error.hint).toContain('Authorization: Bearer');
      // A 401 is no reason to try the other transport.
      expect(new Set(server.seen.map(({ path }) => path))).toEqual(
        new Set([`/${transport === 'sse' ? 'sse' : 'mcp'}`]),
      );
    });

    it(`wrong, over ${transport}: auth_rejected, with what the server says`, async () => {
      const server = await start(
        'Bearer error="invalid_token", error_description="it \u009b expired"',
      );
      const url = transport === 'sse' ? server.sseUrl : server.mcpUrl;
      const error = await failureOf(open(remote(url, { headers: bearer('wrong-token-0815') })));
      expect(error.code).toBe('auth_rejected');
      expect(error.message).toContain('token rejected by docs');
      expect(error.message).toContain('invalid_token');
      expect(error.message).not.toContain('\u009b');
      expect(error.message).not.toContain('wrong-token-0815');
    });

    it(`rejected in the middle, over ${transport}`, async () => {
      const server = await start();
      const url = transport === 'sse' ? server.sseUrl : server.mcpUrl;
      const connection = await connected(remote(url, { headers: HEADERS }));
      server.setToken('another-token');
      const error = await failureOf(connection.call('say_hello', { name: 'Bob' }, quiet));
      expect(error).toMatchObject({ code: 'auth_rejected', status: 401, server: 'docs' });
    });

    it(`from a secret command are asked for once more on 401, over ${transport}`, async () => {
      const server = await start();
      const url = transport === 'sse' ? server.sseUrl : server.mcpUrl;
      let runs = 0;
      const connection = await connected(
        remote(url, {
          headers: bearer('old-token-1'),
          refreshHeaders: () => {
            runs += 1;
            return Promise.resolve(bearer(TOKEN));
          },
        }),
      );
      expect(connection.tools.length).toBeGreaterThan(0);
      expect(runs).toBe(1);
      expect(redact(`x ${TOKEN}`)).toBe('x [REDACTED]');
    });
  }

  it('that stay wrong after a refresh are rejected, not asked for for ever', async () => {
    const server = await start();
    let runs = 0;
    const attempt = open(
      remote(server.mcpUrl, {
        headers: bearer('old-token-1'),
        refreshHeaders: () => Promise.resolve(bearer(`new-token-${(runs += 1)}`)),
      }),
    );
    expect((await failureOf(attempt)).code).toBe('auth_rejected');
    expect(runs).toBe(1);
  });
});

describe('the other transport', () => {
  it('is used when the URL alone does not tell, and told', async () => {
    const server = await start();
    const url = `${server.url}/sse`;
    const connection = await connected(
      remote(url, { transport: 'http', fallback: true, headers: HEADERS }),
    );
    expect(connection.info.transport).toBe('sse');
    expect(connection.info.notice).toContain('POST answered 405, so SSE was used');
    expect(textOf(await connection.call('say_hello', { name: 'Al' }, quiet))).toBe('Hello Al');
  });

  it('is used the other way round as well', async () => {
    const server = await start();
    const connection = await connected(
      remote(server.mcpUrl, { transport: 'sse', fallback: true, headers: HEADERS }),
    );
    expect(connection.info.transport).toBe('http');
    expect(connection.info.notice).toContain('GET answered 400, so Streamable HTTP was used');
  });

  it('is only named when the transport was given', async () => {
    const server = await start();
    const wrong = await failureOf(
      open(remote(`${server.url}/sse`, { transport: 'http', headers: HEADERS })),
    );
    expect(wrong).toMatchObject({ code: 'wrong_transport', status: 405, server: 'docs' });
    expect(wrong.hint).toContain('-t sse');
    const gone = await failureOf(open(remote(`${server.url}/nowhere/sse`, { headers: HEADERS })));
    expect(gone).toMatchObject({ code: 'wrong_transport', status: 404 });
    expect(gone.hint).toContain('-t http');
  });

  it('is no help where neither is served', async () => {
    const server = await start();
    const error = await failureOf(
      open(remote(`${server.url}/nowhere`, { fallback: true, headers: HEADERS })),
    );
    expect(error.code).toBe('wrong_transport');
    expect(error.message).toContain('neither Streamable HTTP (HTTP 404) nor SSE (HTTP 404)');
  });
});

describe('calls', () => {
  for (const transport of ['sse', 'http'] as const) {
    it(`return every kind of content, over ${transport}`, async () => {
      const server = await start();
      const url = transport === 'sse' ? server.sseUrl : server.mcpUrl;
      const connection = await connected(remote(url, { headers: HEADERS }));
      expect(connection.info).toMatchObject({
        transport,
        era: 'legacy',
        serverName: 'sample',
        serverVersion: '1.2.3',
        instructions: 'Be kind.',
      });
      const all = await connection.call('everything', {}, quiet);
      expect(all.content.map(({ type }) => type)).toEqual([
        'text',
        'image',
        'audio',
        'resource_link',
        'resource',
        'resource',
      ]);
      expect(await connection.call('structured', {}, quiet)).toMatchObject({
        structured: { sum: 5 },
      });
      expect(await connection.call('fail', {}, quiet)).toMatchObject({ isError: true });
      expect(await connection.call('nope', {}, quiet)).toMatchObject({ isError: true });
      const progress: number[] = [];
      await connection.call(
        'count',
        {},
        { ...quiet, onProgress: (event) => progress.push(event.progress) },
      );
      expect(progress.slice(0, 2)).toEqual([1, 2]);
    });

    it(`are cancelled by the signal, and the server is told, over ${transport}`, async () => {
      const server = await start();
      const url = transport === 'sse' ? server.sseUrl : server.mcpUrl;
      const connection = await connected(remote(url, { headers: HEADERS }));
      const controller = new AbortController();
      const call = connection.call('hang', {}, { signal: controller.signal });
      await expect.poll(() => server.methods).toContain('tools/call');
      controller.abort();
      expect((await failureOf(call)).code).toBe('interrupted');
      await expect.poll(() => server.methods).toContain('notifications/cancelled');
      expect(textOf(await connection.call('say_hello', { name: 'Bo' }, quiet))).toBe('Hello Bo');
    });

    it(`end at their time limit, over ${transport}`, async () => {
      const server = await start();
      const url = transport === 'sse' ? server.sseUrl : server.mcpUrl;
      const connection = await connected(remote(url, { headers: HEADERS, callTimeoutMs: 500 }));
      const error = await failureOf(connection.call('hang', {}, quiet));
      expect(error).toMatchObject({ code: 'timeout', server: 'docs' });
      expect(error.message).toContain('0.5 s');
      await expect.poll(() => server.methods).toContain('notifications/cancelled');
      // Progress renews the time: this one takes 750 ms and reports every 150.
      expect(textOf(await connection.call('count', {}, quiet))).toBe('counted');
    });

    it(`reject at once when the connection is cut, over ${transport}`, async () => {
      const server = await start();
      const url = transport === 'sse' ? server.sseUrl : server.mcpUrl;
      const connection = await connected(remote(url, { headers: HEADERS }));
      const call = connection.call('hang', {}, quiet);
      call.catch(() => {});
      await expect.poll(() => server.methods).toContain('tools/call');
      const began = performance.now();
      server.cut();
      const error = await failureOf(call);
      expect(error).toMatchObject({ code: 'server_failed', server: 'docs' });
      expect(error.message).toContain('connection lost while calling hang');
      expect(error.message).toContain('may or may not have run');
      expect(performance.now() - began).toBeLessThan(5000);
    });

    it(`fail after close, which is quick, over ${transport}`, async () => {
      const server = await start();
      const url = transport === 'sse' ? server.sseUrl : server.mcpUrl;
      const connection = await open(remote(url, { headers: HEADERS }));
      const reasons: unknown[] = [];
      connection.onClose((error) => reasons.push(error));
      await connection.close();
      await connection.close();
      expect(reasons).toEqual([undefined]);
      const error = await failureOf(connection.call('say_hello', { name: 'x' }, quiet));
      expect(error).toMatchObject({ code: 'server_failed', server: 'docs' });
      expect(error.message).toContain('is not connected');
    });
  }

  it('after a cut SSE stream say why, and listeners hear it', async () => {
    const server = await start();
    const connection = await connected(remote(server.sseUrl, { headers: HEADERS }));
    const closed = new Promise<Error | undefined>((resolve) => {
      connection.onClose(resolve);
    });
    server.cut();
    expect((await closed)?.message).toContain('event stream ended');
    const error = await failureOf(connection.call('say_hello', { name: 'x' }, quiet));
    expect(error.message).toContain('not connected any more');
  });
});

it('offers only the tools that the configuration lets through', async () => {
  const server = await start();
  const connection = await connected(
    remote(server.mcpUrl, {
      headers: HEADERS,
      filter: { allow: ['*_numbers', 'say_hello', 'fail'], deny: ['f*'] },
    }),
  );
  expect(connection.tools.map(({ name }) => name)).toEqual(['add_numbers', 'say_hello']);
});
