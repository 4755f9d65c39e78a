import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureOf, open, quiet, textOf } from '../servers/connect.js';
import { bearer, local, remote } from '../servers/definitions.js';
import {
  EVERYTHING,
  startEverything,
  startFastMcp,
  startMcpProxy,
  type PeerFixture,
} from '../servers/peers.js';

/** Servers other people wrote, from npm. */
const KEY = 'proxy-key-1234';
const TOKEN = 'fast-token-1234';
let sse: PeerFixture;
let http: PeerFixture;
let proxy: PeerFixture;
let fast: PeerFixture;

beforeAll(async () => {
  [sse, http, proxy, fast] = await Promise.all([
    startEverything('sse'),
    startEverything('streamableHttp'),
    startMcpProxy(KEY),
    startFastMcp(TOKEN),
  ]);
}, 60_000);

afterAll(async () => {
  await Promise.all([sse, http, proxy, fast].map((peer) => peer?.close()));
});

describe('server-everything', () => {
  const definitions = {
    stdio: () => local(process.execPath, [EVERYTHING, 'stdio']),
    sse: () => remote(`${sse.url}/sse`),
    http: () => remote(`${http.url}/mcp`),
  };
  for (const [transport, definition] of Object.entries(definitions)) {
    it(`works over ${transport}`, async () => {
      const connection = await open(definition());
      try {
        expect(connection.info).toMatchObject({ transport, era: 'legacy' });
        expect(connection.tools.length).toBeGreaterThanOrEqual(13);
        expect(textOf(await connection.call('echo', { message: 'hi' }, quiet))).toBe('Echo: hi');
        const image = await connection.call('get-tiny-image', {}, quiet);
        expect(image.content.map(({ type }) => type)).toContain('image');
        const links = await connection.call('get-resource-links', { count: 2 }, quiet);
        expect(links.content.filter(({ type }) => type === 'resource_link')).toHaveLength(2);
        const structured = await connection.call(
          'get-structured-content',
          { location: 'New York' },
          quiet,
        );
        expect(structured.structured).toMatchObject({ temperature: expect.any(Number) });
        const wrong = await connection.call('get-sum', { a: 'x' }, quiet);
        expect(wrong.isError).toBe(true);
        const steps: number[] = [];
        await connection.call(
          'trigger-long-running-operation',
          { duration: 0.4, steps: 4 },
          { ...quiet, onProgress: ({ progress }) => steps.push(progress) },
        );
        expect(steps.slice(0, 3)).toEqual([1, 2, 3]);
      } finally {
        await connection.close();
      }
    });
  }
});

describe('fastmcp behind a bearer token', () => {
  for (const path of ['/sse', '/mcp']) {
    it(`works at ${path}`, async () => {
      const connection = await open(remote(fast.url + path, { headers: bearer(TOKEN) }));
      const result = await connection.call('add_numbers', { number1: 2, number2: 3 }, quiet);
      await connection.close();
      expect(textOf(result)).toBe('5');
    });

    it(`refuses a stranger at ${path}`, async () => {
      expect((await failureOf(open(remote(fast.url + path)))).code).toBe('auth_required');
      const wrong = remote(fast.url + path, { headers: bearer('wrong-token') });
      expect((await failureOf(open(wrong))).code).toBe('auth_rejected');
    });
  }
});

describe('mcp-proxy behind an API key', () => {
  const headers = [['X-API-Key', KEY]] as const;

  it('works at /sse', async () => {
    const connection = await open(remote(`${proxy.url}/sse`, { headers }));
    const result = await connection.call('echo', { message: 'hi' }, quiet);
    await connection.close();
    expect(textOf(result)).toBe('Echo: hi');
  });

  for (const [protocol, era] of [
    ['auto', 'modern'],
    ['legacy', 'legacy'],
  ] as const) {
    it(`works at /mcp with protocol ${protocol}: ${era}`, async () => {
      const connection = await open(remote(`${proxy.url}/mcp`, { headers, protocol }));
      const result = await connection.call('echo', { message: 'hi' }, quiet);
      await connection.close();
      expect(connection.info.era).toBe(era);
      expect(textOf(result)).toBe('Echo: hi');
    });
  }

  for (const path of ['/sse', '/mcp']) {
    it(`refuses a stranger at ${path}`, async () => {
      expect((await failureOf(open(remote(proxy.url + path)))).code).toBe('auth_required');
    });
  }
});
