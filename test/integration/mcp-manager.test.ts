import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import type { ServerStatus } from '../../src/core/events.js';
import { openServers, type ServerResult } from '../../src/mcp/manager.js';
import { startBearer } from '../servers/bearer.js';
import { failureOf, quiet, textOf } from '../servers/connect.js';
import { bearer, local, remote } from '../servers/definitions.js';
import { startSilent } from '../servers/http.js';
import { sendJson, startRawHttp, type RawRequest } from '../servers/raw-mcp.js';

const SCRIPT = path.join(path.dirname(fileURLToPath(import.meta.url)), '../servers/stdio.mjs');
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

async function kept<T extends { close: () => Promise<void> }>(starting: Promise<T>): Promise<T> {
  const fixture = await starting;
  stops.push(fixture.close);
  return fixture;
}

async function opened(...args: Parameters<typeof openServers>): Promise<ServerResult[]> {
  const results = await openServers(...args);
  for (const { connection } of results) if (connection !== undefined) stops.push(connection.close);
  return results;
}

const isKnown = ({ status }: ServerStatus) => status !== 'connecting';

describe('opening several servers', () => {
  it('shows the bad ones and keeps the good ones', async () => {
    const server = await kept(startBearer({ token: 'a-token' }));
    const silent = await startSilent();
    const statuses: ServerStatus[] = [];
    const results = await opened(
      [
        local(process.execPath, [SCRIPT], { id: 'good' }),
        local('no-such-command-here', [], { id: 'missing' }),
        local(process.execPath, ['bad\0argument'], { id: 'odd' }),
        remote(server.sseUrl, { id: 'docs', headers: bearer('a-token') }),
        remote(server.mcpUrl, { id: 'stranger' }),
        remote(`${silent.url}/mcp`, { id: 'silent' }),
        remote('http://127.0.0.1:1/mcp', { id: 'off', disabled: true }),
      ],
      {
        ...quiet,
        env: process.env,
        onStatus(status) {
          statuses.push(status);
          // The silent one is cut off only when all others are known: it held up nobody.
          if (statuses.filter(isKnown).length === 5) void silent.close();
        },
      },
    );
    expect(results.map(({ id, status }) => [id, status.status, status.error?.code])).toEqual([
      ['good', 'connected', undefined],
      ['missing', 'failed', 'server_failed'],
      ['odd', 'failed', 'server_failed'],
      ['docs', 'connected', undefined],
      ['stranger', 'failed', 'auth_required'],
      ['silent', 'failed', 'server_unreachable'],
      ['off', 'disabled', undefined],
    ]);
    expect(statuses.map(({ name }) => name)).not.toContain('off');
    expect(statuses.filter(({ status }) => status === 'connecting')).toHaveLength(6);
    expect(statuses.at(-1)).toMatchObject({ name: 'silent', status: 'failed' });
    const good = results[0];
    expect(good?.status).toMatchObject({ tools: 3, transport: 'stdio', era: 'legacy' });
    expect(good?.status.connect_ms).toBeGreaterThan(0);
    const result = await results[3]?.connection?.call('say_hello', { name: 'Bob' }, quiet);
    expect(result && textOf(result)).toBe('Hello Bob');
  });

  it('dials them all before anything else happens', async () => {
    const ids = ['a', 'b', 'c', 'd'];
    const statuses: string[] = [];
    const opening = opened(
      ids.map((id) => local(process.execPath, [SCRIPT], { id })),
      {
        ...quiet,
        env: process.env,
        onStatus: ({ name, status }) => statuses.push(`${name} ${status}`),
      },
    );
    expect(statuses).toEqual(ids.map((id) => `${id} connecting`));
    expect((await opening).every(({ connection }) => connection !== undefined)).toBe(true);
  });

  it('ends at once when interrupted, and nobody is left', async () => {
    const silent = await kept(startSilent());
    const controller = new AbortController();
    const opening = openServers(
      [
        local(process.execPath, [SCRIPT], { id: 'good' }),
        local(process.execPath, [SCRIPT, 'silent'], { id: 'hangs' }),
        remote(`${silent.url}/sse`, { id: 'silent' }),
      ],
      { signal: controller.signal, env: process.env },
    );
    setTimeout(() => controller.abort(), 300);
    expect((await failureOf(opening)).code).toBe('interrupted');
  });

  it('asks for nothing but the tools', async () => {
    const asked: RawRequest[] = [];
    const server = await kept(
      startRawHttp((message, response) => {
        asked.push(message);
        if (message.method !== 'initialize') return false;
        const capabilities = {
          tools: { listChanged: true },
          prompts: { listChanged: true },
          resources: {},
          logging: {},
        };
        const serverInfo = { name: 'rich', version: '1' };
        const result = { protocolVersion: '2025-11-25', capabilities, serverInfo };
        sendJson(response, { jsonrpc: '2.0', id: message.id, result });
        return true;
      }),
    );
    const [result] = await opened([remote(`${server.url}/mcp`, { protocol: 'legacy' })], {
      ...quiet,
      env: process.env,
    });
    await result?.connection?.call('echo', {}, quiet);
    expect(asked.map(({ method }) => method)).toEqual([
      'initialize',
      'notifications/initialized',
      'tools/list',
      'tools/call',
    ]);
    expect(asked[0]?.params?.['capabilities']).toEqual({});
  });

  it('of which there are none is fine', async () => {
    expect(await openServers([], { ...quiet, env: process.env })).toEqual([]);
  });
});
