import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startBearer } from '../servers/bearer.js';
import { failureOf, quiet, textOf } from '../servers/connect.js';
import { bearer, local, remote } from '../servers/definitions.js';
import { startSilent } from '../servers/http.js';
import { connectionOf, hello, isGone, live, pause, startPool } from '../servers/pool.js';
import { endKept, kept } from '../support/kept.js';

const STDIO = path.join(import.meta.dirname, '../servers/stdio.mjs');
const never = quiet.signal;
afterEach(endKept);

describe('servers of a session', () => {
  it('come one by one: a hanging one holds up nobody', async () => {
    const silent = await kept(startSilent());
    const server = await kept(startBearer({ token: 'a-token' }));
    const fixture = await kept(startPool());
    const { pool, statusOf } = fixture;
    const hanging = pool.add(
      remote(`${silent.url}/mcp`, { id: 'silent', connectTimeoutMs: 60_000 }),
      never,
    );
    const statuses = await Promise.all([
      pool.add(live('good'), never),
      pool.add(remote(server.sseUrl, { id: 'docs', headers: bearer('a-token') }), never),
      pool.add(remote(server.mcpUrl, { id: 'stranger' }), never),
      pool.add(remote('http://127.0.0.1:1/mcp', { id: 'off', disabled: true }), never),
      pool.add(local('no-such-command-here', [], { id: 'missing' }), never),
    ]);
    expect(statuses.map(({ name, status, error }) => [name, status, error?.code])).toEqual([
      ['good', 'connected', undefined],
      ['docs', 'connected', undefined],
      ['stranger', 'failed', 'auth_required'],
      ['off', 'disabled', undefined],
      ['missing', 'failed', 'server_failed'],
    ]);
    expect(statuses[0]).toMatchObject({ tools: 7, transport: 'stdio', era: 'legacy' });
    expect(statuses[0]).not.toHaveProperty('credentials');
    expect(statuses[1]).toMatchObject({ transport: 'sse', credentials: 'headers' });
    expect(statuses[2]).toMatchObject({ credentials: 'none', tools: 0 });
    expect(statusOf('silent')?.status).toBe('connecting');
    expect(pool.statuses().map(({ name }) => name)).toEqual([
      'silent',
      'good',
      'docs',
      'stranger',
      'off',
      'missing',
    ]);
    expect(pool.connections().map(({ id }) => id)).toEqual(['good', 'docs']);
    expect(await hello(fixture, 'docs')).toBe('Hello Bob');
    await pool.disconnect('silent');
    expect((await hanging).status).toBe('closed');
  });

  it('tell which tools came, went and changed', async () => {
    const fixture = await kept(startPool());
    const { pool, events, statusOf } = fixture;
    await pool.add(live('good'), never);
    const changes = () => events.filter(({ type }) => type === 'tools');
    expect(changes()).toEqual([]);
    const call = (tool: string, args: Record<string, string | string[]>) =>
      connectionOf(fixture, 'good').call(tool, args, quiet);
    await call('add', { names: ['one'] });
    await expect.poll(() => changes().length, { timeout: 15_000 }).toBe(1);
    await call('describe', { name: 'one', text: 'now it deletes' });
    await expect.poll(() => changes().length, { timeout: 15_000 }).toBe(2);
    await call('remove', { name: 'one' });
    await expect.poll(() => changes().length, { timeout: 15_000 }).toBe(3);
    const none = { added: [], removed: [], changed: [] };
    expect(changes()).toEqual([
      { type: 'tools', server: 'good', ...none, added: ['one'] },
      { type: 'tools', server: 'good', ...none, changed: ['one'] },
      { type: 'tools', server: 'good', ...none, removed: ['one'] },
    ]);
    expect(statusOf('good')?.tools).toBe(7);
    await call('other', {});
    await expect
      .poll(() => events.filter(({ type }) => type === 'prompts' || type === 'resources').length)
      .toBe(2);
  });

  it('keep what they log, the last 200 lines', async () => {
    const fixture = await kept(startPool());
    const { pool, events } = fixture;
    await pool.add(live('good'), never);
    const call = (tool: string, args: Record<string, string | number>) =>
      connectionOf(fixture, 'good').call(tool, args, quiet);
    await call('stderr', { text: 'first\r\n\nsecond\n' });
    await call('stderr', { text: 'half ' });
    await call('stderr', { text: `${'x'.repeat(20_000)}\nlast\n` });
    await expect.poll(() => pool.logs('good').length, { timeout: 15_000 }).toBe(4);
    expect(pool.logs('good').map(({ level, text }) => [level, text.slice(0, 6)])).toEqual([
      ['stderr', 'first'],
      ['stderr', 'second'],
      ['stderr', 'half x'],
      ['stderr', 'last'],
    ]);
    expect(pool.logs('good')[2]?.text.length).toBeLessThanOrEqual(8193);
    expect(pool.logs('good')[0]?.timestamp).toMatch(/^\d{4}-\d\d-\d\dT/);
    for (let n = 0; n < 4; n += 1) {
      await call('log', { times: 90 });
      await new Promise((resolve) => {
        setTimeout(resolve, 1100);
      });
    }
    expect(pool.logs('good')).toHaveLength(200);
    expect(events.filter(({ type }) => type === 'log').length).toBeGreaterThanOrEqual(364);
  });

  it('that do not start leave their stderr in the log', async () => {
    const { pool } = await kept(startPool());
    const status = await pool.add(
      local(process.execPath, [STDIO, 'exit', '3'], { id: 'broken' }),
      never,
    );
    expect(status).toMatchObject({ status: 'failed', error: { code: 'server_failed' } });
    expect(pool.logs('broken').map(({ text }) => text)).toContain('first line');
    expect(pool.logs('nobody')).toEqual([]);
  });
});

describe('races', () => {
  it('a reload while connecting takes the place of the older attempt', async () => {
    const silent = await kept(startSilent());
    const { pool, states } = await kept(startPool());
    const first = pool.add(remote(`${silent.url}/mcp`, { connectTimeoutMs: 60_000 }), never);
    const second = pool.reload('docs', never, live('docs'));
    expect((await Promise.all([first, second])).map(({ status }) => status)).toEqual([
      'connected',
      'connected',
    ]);
    expect(states('docs')).toEqual(['connecting', 'connecting', 'connected']);
    expect(pool.connections()).toHaveLength(1);
  });

  it('many reloads at once leave one connection and one process', async () => {
    const fixture = await kept(startPool());
    const { pool } = fixture;
    const stubborn = () => local(process.execPath, [STDIO, 'stubborn'], { id: 'stubborn' });
    await pool.add(stubborn(), never);
    const [before] = connectionOf(fixture, 'stubborn').tools;
    const all = await Promise.all(Array.from({ length: 5 }, () => pool.reload('stubborn', never)));
    expect(all.map(({ status }) => status)).toEqual(Array(5).fill('connected'));
    const [after] = connectionOf(fixture, 'stubborn').tools;
    expect(after?.name).not.toBe(before?.name);
    const pid = Number(before?.name.slice('pid_'.length));
    await expect.poll(() => isGone(pid), { timeout: 15_000 }).toBe(true);
  }, 30_000);

  it('a disconnect ends attempts, and nothing comes afterwards', async () => {
    const fixture = await kept(startPool());
    const { pool, states, statusOf } = fixture;
    const adding = pool.add(live('good'), never);
    await pool.disconnect('good');
    expect((await adding).status).toBe('closed');
    await pool.reload('good', never);
    const connection = connectionOf(fixture, 'good');
    await pool.disconnect('good');
    expect(statusOf('good')).toMatchObject({ status: 'closed', tools: 0 });
    expect((await failureOf(connection.call('stats', {}, quiet))).message).toContain(
      'not connected',
    );
    await pause(300, never);
    expect(states('good')).toEqual(['connecting', 'closed', 'connecting', 'connected', 'closed']);
    await pool.disconnect('nobody');
  });

  it('a disconnect ends reconnecting', async () => {
    const first = await startBearer();
    const fixture = await kept(startPool({ wait: (_, signal) => pause(60_000, signal) }));
    const { pool, until, statusOf } = fixture;
    await pool.add(remote(first.sseUrl), never);
    await first.close();
    await until('docs', 'reconnecting');
    await pool.disconnect('docs');
    expect(statusOf('docs')?.status).toBe('closed');
  });

  it('the signal of an add ends the attempt, and only that', async () => {
    const silent = await kept(startSilent());
    const fixture = await kept(startPool());
    const { pool } = fixture;
    const controller = new AbortController();
    const adding = pool.add(remote(`${silent.url}/mcp`), controller.signal);
    setTimeout(() => controller.abort(), 100);
    expect(await adding).toMatchObject({ status: 'failed', error: { code: 'interrupted' } });
    const later = new AbortController();
    await pool.add(live('good'), later.signal);
    later.abort();
    await pause(100, never);
    expect(textOf(await connectionOf(fixture, 'good').call('x', {}, quiet))).toBe('{}');
  });
});

describe('closing', () => {
  it('ends everything in time, in the middle of attempts as well', async () => {
    const silent = await kept(startSilent());
    const server = await kept(startBearer());
    const { pool, events, states } = startPool();
    await Promise.all([
      pool.add(live('good'), never),
      pool.add(remote(server.sseUrl, { id: 'sse' }), never),
      pool.add(remote(server.mcpUrl, { id: 'http' }), never),
    ]);
    void pool.add(remote(`${silent.url}/mcp`, { id: 'silent' }), never);
    void pool.add(local(process.execPath, [STDIO, 'silent'], { id: 'mute' }), never);
    void pool.add(live('booting'), never);
    await pause(100, never);
    const before = events.length;
    const startedAt = performance.now();
    await pool.close();
    // 150 ms by its own clock; the rest is a loaded machine. An attempt alone would take 20 s.
    expect(performance.now() - startedAt).toBeLessThan(1500);
    expect(pool.connections()).toEqual([]);
    expect(pool.statuses().map(({ status }) => status)).toEqual(Array(6).fill('closed'));
    await pause(300, never);
    expect(events).toHaveLength(before);
    expect(states('silent')).toEqual(['connecting']);
    expect((await pool.add(live('late'), never)).status).toBe('closed');
    await pool.close();
  });

  it('leaves no process behind', async () => {
    const fixture = startPool();
    await fixture.pool.add(local(process.execPath, [STDIO, 'stubborn'], { id: 's' }), never);
    const pids = connectionOf(fixture, 's').tools.map(({ name }) => Number(name.slice(4)));
    await fixture.close();
    await expect.poll(() => pids.every(isGone), { timeout: 5000 }).toBe(true);
    expect(pids).toHaveLength(2);
  });
});
