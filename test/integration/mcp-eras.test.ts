import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { failureOf, open, quiet, textOf } from '../servers/connect.js';
import { bearer, local, remote } from '../servers/definitions.js';
import { startModern } from '../servers/modern.js';
import { startRawHttp } from '../servers/raw-mcp.js';

const here = path.dirname(fileURLToPath(import.meta.url));
const STDIO = path.join(here, '../servers/stdio-modern.mjs');
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

async function kept<T extends { close: () => Promise<void> }>(starting: Promise<T>): Promise<T> {
  const fixture = await starting;
  stops.push(fixture.close);
  return fixture;
}

const sum = { number1: 2, number2: 3 };

describe('a server of 2026-07-28', () => {
  for (const protocol of ['auto', '2026-07-28'] as const) {
    it(`is spoken to in its own revision: protocol ${protocol}`, async () => {
      const server = await kept(startModern());
      const connection = await kept(
        open(remote(server.mcpUrl, { protocol, headers: bearer('modern-token') })),
      );
      expect(connection.info).toMatchObject({
        era: 'modern',
        protocolVersion: '2026-07-28',
        serverName: 'modern',
      });
      expect(connection.tools.map(({ name }) => name)).toEqual(['add_numbers', 'region']);
      expect(textOf(await connection.call('add_numbers', sum, quiet))).toBe('5');
      for (const { headers, method } of server.seen) {
        expect(method).toBe('POST');
        expect(headers.authorization).toBe('Bearer modern-token');
        expect(headers['mcp-protocol-version']).toBe('2026-07-28');
      }
    });
  }

  it('gets arguments repeated as headers where a tool asks for it', async () => {
    const server = await kept(startModern());
    const connection = await kept(open(remote(server.mcpUrl)));
    expect(textOf(await connection.call('region', { region: 'eu' }, quiet))).toBe('eu');
    expect(server.seen.at(-1)?.headers).toMatchObject({
      'mcp-method': 'tools/call',
      'mcp-name': 'region',
      'mcp-param-region': 'eu',
    });
  });

  it('answers a wrong call with a result the model can read', async () => {
    const server = await kept(startModern());
    const connection = await kept(open(remote(server.mcpUrl)));
    const wrong = await connection.call('add_numbers', { number1: 'x' }, quiet);
    expect(wrong.isError).toBe(true);
    const unknown = await connection.call('nope', {}, quiet);
    expect(unknown.isError).toBe(true);
  });

  it('that also knows the old revisions is spoken to as asked', async () => {
    const server = await kept(startModern({ legacy: true }));
    const [auto, legacy] = await Promise.all([
      kept(open(remote(server.mcpUrl))),
      kept(open(remote(server.mcpUrl, { protocol: 'legacy' }))),
    ]);
    expect(auto.info.era).toBe('modern');
    expect(legacy.info.era).toBe('legacy');
    expect(textOf(await legacy.call('add_numbers', sum, quiet))).toBe('5');
  });

  it('and of no other is not taken for an SSE server by an old client', async () => {
    const server = await kept(startModern());
    const error = await failureOf(
      open(remote(server.mcpUrl, { protocol: 'legacy', fallback: true })),
    );
    expect(error).toMatchObject({ code: 'protocol_error', server: 'docs' });
    expect(error.hint).toContain('--protocol');
    expect(server.seen.map(({ method }) => method)).not.toContain('GET');
  });

  it('over stdio is started once more when it refuses the old handshake', async () => {
    const connection = await kept(open(local(process.execPath, [STDIO])));
    expect(connection.info).toMatchObject({ era: 'modern', transport: 'stdio' });
    expect(textOf(await connection.call('add_numbers', sum, quiet))).toBe('5');
  });

  it('over stdio is spoken to at once when it is configured so', async () => {
    const connection = await kept(
      open(local(process.execPath, [STDIO], { protocol: '2026-07-28' })),
    );
    expect(connection.info.era).toBe('modern');
  });

  it('is not what an old stdio server is', async () => {
    const script = path.join(here, '../servers/stdio.mjs');
    const error = await failureOf(
      open(local(process.execPath, [script], { protocol: '2026-07-28' })),
    );
    expect(error).toMatchObject({ code: 'protocol_error', server: 'local' });
    expect(error.message).toContain('2026-07-28');
  });
});

describe('the question for the new revision', () => {
  for (const status of [400, 404, 500, 501]) {
    it(`answered ${status}, leads to the old handshake`, async () => {
      const server = await kept(
        startRawHttp(({ method }, response) => {
          if (method !== 'server/discover') return false;
          response.writeHead(status).end('what?');
          return true;
        }),
      );
      const connection = await kept(open(remote(`${server.url}/mcp`)));
      expect(connection.info.era).toBe('legacy');
      expect(textOf(await connection.call('echo', { a: 1 }, quiet))).toBe('{"a":1}');
    });
  }

  it('is not asked when the configuration says legacy', async () => {
    const methods: string[] = [];
    const server = await kept(startRawHttp(({ method }) => void methods.push(method)));
    await kept(open(remote(`${server.url}/mcp`, { protocol: 'legacy' })));
    expect(methods[0]).toBe('initialize');
    expect(methods).not.toContain('server/discover');
  });
});
