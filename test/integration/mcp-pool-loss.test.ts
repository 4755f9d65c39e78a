import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startBearer } from '../servers/bearer.js';
import { failureOf, quiet, textOf } from '../servers/connect.js';
import { bearer, local, remote } from '../servers/definitions.js';
import { startRawHttp } from '../servers/raw-mcp.js';
import { connectionOf, hello, isGone, live, pause, startPool } from '../servers/pool.js';
import { endKept, kept } from '../support/kept.js';

const STDIO = path.join(import.meta.dirname, '../servers/stdio.mjs');
const never = quiet.signal;
afterEach(endKept);

describe('a lost server', () => {
  it('over stdio, killed, is started again, and the call is not repeated', async () => {
    const fixture = await kept(startPool());
    const { pool, until, states } = fixture;
    await pool.add(live('good'), never);
    const error = await failureOf(connectionOf(fixture, 'good').call('die', {}, quiet));
    expect(error.message).toContain('may or may not have run');
    expect(pool.connection('good')).toBeUndefined();
    await until('good', 'connected');
    expect(states('good')).toEqual(['connecting', 'connected', 'reconnecting', 'connected']);
    const stats = await connectionOf(fixture, 'good').call('stats', {}, quiet);
    expect(JSON.parse(textOf(stats))).toMatchObject({ lists: 1 });
  });

  it('over stdio, killed from outside, is noticed at once', async () => {
    const fixture = await kept(startPool());
    const { pool, until, events } = fixture;
    await pool.add(local(process.execPath, [STDIO, 'stubborn'], { id: 'stubborn' }), never);
    const names = connectionOf(fixture, 'stubborn').tools.map(({ name }) => name);
    const [pid, grandchild] = names.map((name) => Number(name.slice('pid_'.length)));
    process.kill(pid ?? 0, 'SIGKILL');
    await expect
      .poll(() => pool.statuses()[0]?.error?.message, { timeout: 15_000 })
      .toContain('SIGKILL');
    await expect.poll(() => isGone(grandchild ?? 0), { timeout: 15_000 }).toBe(true);
    await until('stubborn', 'connected');
    const changes = events.filter(({ type }) => type === 'tools');
    expect(changes).toEqual([
      expect.objectContaining({ removed: names, added: [expect.any(String), expect.any(String)] }),
    ]);
  });

  it('that dies early three times in a row is given up', async () => {
    const fixture = await kept(startPool());
    const { pool, until, states, waits } = fixture;
    await pool.add(live('frail', 'dies', '400'), never);
    const status = await until('frail', 'failed');
    expect(status.error?.message).toContain('3 times in a row');
    expect(status.error?.hint).toBe('/servers reload frail');
    expect(states('frail').filter((state) => state === 'connected')).toHaveLength(3);
    expect(waits).toHaveLength(2);
  }, 30_000);

  for (const transport of ['sse', 'http'] as const) {
    it(`over ${transport} comes back on its port, and is connected again`, async () => {
      const first = await startBearer({ token: 'a-token' });
      const url = transport === 'sse' ? first.sseUrl : first.mcpUrl;
      const fixture = await kept(startPool({ wait: (_, signal) => pause(300, signal) }));
      const { pool, until, states } = fixture;
      await pool.add(remote(url, { headers: bearer('a-token') }), never);
      const old = connectionOf(fixture, 'docs');
      await first.close();
      await failureOf(old.call('say_hello', { name: 'Bob' }, quiet));
      expect((await until('docs', 'reconnecting')).error?.server).toBe('docs');
      const again = await kept(startBearer({ token: 'a-token', port: first.port }));
      await until('docs', 'connected');
      expect(await hello(fixture, 'docs')).toBe('Hello Bob');
      expect(again.methods.filter((method) => method === 'tools/call')).toHaveLength(1);
      expect(states('docs').slice(0, 3)).toEqual(['connecting', 'connected', 'reconnecting']);
      expect((await failureOf(old.call('say_hello', {}, quiet))).code).toBe('server_failed');
    }, 30_000);

    it(`over ${transport} that has forgotten the session gets a new one at once`, async () => {
      const server = await kept(startBearer());
      const fixture = await kept(startPool());
      const { pool, states, waits } = fixture;
      const url = transport === 'sse' ? server.sseUrl : server.mcpUrl;
      await pool.add(remote(url), never);
      server.forget();
      // Refused before it was looked at, the call is sent once more.
      expect(await hello(fixture, 'docs')).toBe('Hello Bob');
      expect(states('docs')).toEqual(['connecting', 'connected', 'reconnecting', 'connected']);
      expect(waits).toEqual([0]);
      expect(await hello(fixture, 'docs')).toBe('Hello Bob');
      expect(server.methods.filter((method) => method === 'tools/call').length).toBeLessThanOrEqual(
        3,
      );
    });
  }

  it('over http without a stream shows with the next call', async () => {
    const server = await startRawHttp(() => undefined);
    const fixture = await kept(startPool({ wait: (_, signal) => pause(60_000, signal) }));
    const { pool, statusOf } = fixture;
    await pool.add(remote(`${server.url}/mcp`), never);
    await server.close();
    await pause(200, never);
    expect(statusOf('docs')?.status).toBe('connected');
    const error = await failureOf(connectionOf(fixture, 'docs').call('echo', {}, quiet));
    expect(error.code).toBe('server_unreachable');
    expect(statusOf('docs')).toMatchObject({
      status: 'reconnecting',
      tools: 0,
      error: { code: 'server_unreachable' },
    });
  });

  it('is given up after some tries, and reload brings it back', async () => {
    const first = await startBearer();
    const fixture = await kept(startPool());
    const { pool, until, waits } = fixture;
    await pool.add(remote(first.mcpUrl), never);
    await first.close();
    await failureOf(connectionOf(fixture, 'docs').call('say_hello', {}, quiet));
    const status = await until('docs', 'failed');
    expect(status.error).toMatchObject({
      code: 'server_unreachable',
      hint: '/servers reload docs',
    });
    expect(waits).toHaveLength(8);
    for (const [n, ms] of waits.entries()) {
      const full = Math.min(30_000, 1000 * 2 ** n);
      expect(ms).toBeLessThanOrEqual(full);
      expect(ms).toBeGreaterThanOrEqual(full * 0.8);
    }
    await kept(startBearer({ port: first.port }));
    expect(await pool.reload('docs', never)).toMatchObject({ status: 'connected' });
    expect(await hello(fixture, 'docs')).toBe('Hello Bob');
  }, 30_000);
});

describe('a token that is revoked', () => {
  for (const transport of ['sse', 'http'] as const) {
    it(`while connected over ${transport} is told as such, and not tried again`, async () => {
      const server = await kept(startBearer({ token: 'good-token' }));
      const fixture = await kept(startPool());
      const { pool, statusOf, waits } = fixture;
      const url = transport === 'sse' ? server.sseUrl : server.mcpUrl;
      await pool.add(remote(url, { headers: bearer('good-token') }), never);
      server.setToken('other-token');
      const error = await failureOf(connectionOf(fixture, 'docs').call('say_hello', {}, quiet));
      expect(error).toMatchObject({ code: 'auth_rejected', status: 401 });
      expect(error.message).toContain('expired or revoked');
      expect(statusOf('docs')).toMatchObject({
        status: 'failed',
        tools: 0,
        error: { code: 'auth_rejected', hint: expect.stringContaining('/servers reload docs') },
      });
      expect(JSON.stringify(statusOf('docs'))).not.toContain('good-token');
      // What was on its way when the token was revoked.
      await pause(300, never);
      const seen = server.seen.length;
      await pause(500, never);
      expect(waits).toEqual([]);
      expect(server.seen).toHaveLength(seen);
      const next = remote(url, { headers: bearer('other-token') });
      expect(await pool.reload('docs', never, next)).toMatchObject({ status: 'connected' });
    });
  }

  it('while the connection is lost ends the attempts', async () => {
    const first = await startBearer({ token: 'good-token' });
    const fixture = await kept(startPool({ wait: (_, signal) => pause(300, signal) }));
    const { pool, until } = fixture;
    await pool.add(remote(first.sseUrl, { headers: bearer('good-token') }), never);
    await first.close();
    await until('docs', 'reconnecting');
    await kept(startBearer({ token: 'other-token', port: first.port }));
    const { error } = await until('docs', 'failed');
    expect(error).toMatchObject({ code: 'auth_rejected', status: 401 });
    expect(error?.message).toContain('accepted earlier');
  }, 30_000);
});
